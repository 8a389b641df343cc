// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// One complete checkpoint: a single file, or all parts in order.
struct CheckpointFiles {
  Version version;
  std::vector<std::string> paths;
  bool json = false;
  Timestamp modified_at;
};

struct CommitFile {
  Version version;
  Timestamp modified_at;
};

// The files of the Delta log that make one version: a checkpoint (or none) and every commit after
// it, without gaps.
struct LogSegment {
  Version version;
  std::optional<CheckpointFiles> checkpoint;
  std::vector<CommitFile> commits;  // ascending
  // When the version's commit was written, as the storage says (the checkpoint's where the commit
  // is gone).
  Timestamp modified_at;
};

using Checkpoints = std::map<Version, CheckpointFiles>;

// The complete checkpoints among the files of a log; a single file is preferred to parts.
Checkpoints FindCheckpoints(const std::vector<ObjectInfo>& log);

// Finds the files for the latest version, or for that one. `_last_checkpoint` only saves listing:
// a missing, torn or wrong one changes nothing else. Incomplete checkpoints are passed over.
// kNotFound (kDeltaTableNotFound, kDeltaVersionNotFound); kCorruption names a missing commit.
Result<LogSegment> FindLogSegment(const ObjectStore& store, std::optional<Version> version);

// The commits that lead up to the latest without a gap, ascending: as far back as the table's
// history is kept.
Result<std::vector<CommitFile>> ListCommits(const ObjectStore& store);

// The version that `_last_checkpoint` names, if it can be read.
std::optional<Version> ReadCheckpointHint(const ObjectStore& store);

}  // namespace foreset::delta
