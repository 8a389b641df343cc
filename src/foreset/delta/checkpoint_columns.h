// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

namespace foreset::delta {

// One file of a checkpoint: its actions, and the sidecars that hold more.
struct CheckpointPart {
  std::vector<Action> actions;
  std::vector<std::string> sidecars;  // as named: a file name, or a path
};

// The top-level columns of a Parquet checkpoint that matter (PROTOCOL.md, "Checkpoint Schema").
const std::vector<std::string>& CheckpointColumnNames();

// Appends the actions of some rows, each of which has one column filled. Missing columns and
// members are absent; kCorruption when one has an impossible type or a required one is NULL.
Status AppendActions(const arrow::RecordBatch& batch, CheckpointPart& part);

}  // namespace foreset::delta
