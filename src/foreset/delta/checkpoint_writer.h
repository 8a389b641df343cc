// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/log_segment.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// Whether a checkpoint should be written at the snapshot's version: every
// delta.checkpointInterval-th (10 where the table does not say), never at version 0.
bool IsCheckpointDue(const Snapshot& snapshot);

// A checkpoint that is there.
struct WrittenCheckpoint {
  CheckpointFiles files;
  // Plain paths below the table that nothing needs any more: they were named only by tombstones
  // that the checkpoint leaves out, so that nobody will know of them later. The caller may delete
  // them; vacuum finds those that stay.
  std::vector<std::string> unneeded;
};

// Writes `<version>.checkpoint.parquet`, a classic checkpoint that every reader knows
// (PROTOCOL.md, "Checkpoints"), and then `_last_checkpoint`, unless that names a later one already.
// Tombstones older than delta.deletedFileRetentionDuration at `now` are left out, kMaxLeftOut at a
// time; transaction ids and domains never are. A checkpoint that is there already stays as it is.
// Everything is written whole, so a crash at any moment leaves either the old or the new state; a
// lost or damaged `_last_checkpoint` costs readers a listing, no more. The table's state does not
// depend on it: a caller may ignore the error and try at a later version. Holds one batch of
// actions in memory, and 32 bytes for each file that a tombstone names.
inline constexpr std::size_t kMaxLeftOut = 20'000;
Result<WrittenCheckpoint> WriteCheckpoint(ObjectStore& store, const Snapshot& snapshot,
                                          Timestamp now);

}  // namespace foreset::delta
