// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/log_segment.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// All actions of a checkpoint of either specification, sidecars included (PROTOCOL.md, "Checkpoint
// Specs"). kCorruption names the file and the fault.
Result<std::vector<Action>> ReadCheckpoint(const ObjectStore& store, const CheckpointFiles& files);

}  // namespace foreset::delta
