// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// What VACUUM may not go below without being told: readers of older versions, and writers whose
// files no commit names yet, have this long.
inline constexpr std::chrono::hours kVacuumRetention{7 * 24};

// Objects below the table's root that no version within the retention needs: neither live files and
// their deletion vectors, nor those that were removed less than `retention` ago; and not written
// less than `retention` ago. The log, hidden folders and hidden files are never among them.
// Versions that are older than the retention may be unreadable once these are gone.
Result<std::vector<ObjectInfo>> FindUnneeded(const ObjectStore& store, const Snapshot& snapshot,
                                             Timestamp now, std::chrono::milliseconds retention);

}  // namespace foreset::delta
