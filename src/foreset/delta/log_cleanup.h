// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// The files of a table's log that may go when nobody asks for a state that is older than `kept`, in
// the order of their versions:
//
//   what leads up to the newest checkpoint that is as old   that checkpoint and its commit stay, as
//                                                           every later commit does
//   later checkpoints that only save readers time           the newest ten stay, and of the others
//                                                           one for each thousand versions, or for
//                                                           each sixteenth of `kept`
//
// Nothing when no checkpoint is as old. Sidecars of checkpoints stay. Whoever deletes them in
// another order, or not all, leaves the latest version and those within `kept` as they are. Reads
// one listing of the log.
Result<std::vector<std::string>> FindOldLogFiles(const ObjectStore& store, Timestamp now,
                                                 std::chrono::seconds kept);

}  // namespace foreset::delta
