// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/log_segment.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// All actions but the tombstones of a checkpoint of either specification, sidecars included
// (PROTOCOL.md, "Checkpoint Specs"). kCorruption names the file and the fault.
Result<std::vector<Action>> ReadCheckpoint(const ObjectStore& store, const CheckpointFiles& files);

// Its tombstones, one after the other, until `each` fails. Holds one batch of them. Errors as
// above; kNotFound when a file of the checkpoint is gone.
Status ReadTombstones(const ObjectStore& store, const CheckpointFiles& files,
                      const std::function<Status(RemoveFile)>& each);

}  // namespace foreset::delta
