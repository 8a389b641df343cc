// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// Whether a checkpoint should be written at the snapshot's version: every
// delta.checkpointInterval-th (10 where the table does not say), never at version 0.
bool IsCheckpointDue(const Snapshot& snapshot);

// Writes `<version>.checkpoint.parquet`, a classic checkpoint that every reader knows
// (PROTOCOL.md, "Checkpoints"), and then `_last_checkpoint`, unless that names a later one already.
// Tombstones older than delta.deletedFileRetentionDuration at `now` are left out; transaction ids
// and domains never are. A checkpoint that is there already stays as it is. Everything is written
// whole, so a crash at any moment leaves either the old or the new state; a lost or damaged
// `_last_checkpoint` costs readers a listing, no more. The table's state does not depend on it: a
// caller may ignore the error and try at a later version. Holds one batch of actions in memory.
Status WriteCheckpoint(ObjectStore& store, const Snapshot& snapshot, Timestamp now);

}  // namespace foreset::delta
