// SPDX-License-Identifier: MIT
#include "foreset/lake/upkeep.h"

#include <algorithm>
#include <utility>

#include "foreset/delta/log_cleanup.h"
#include "foreset/delta/vacuum.h"
#include "foreset/delta/write_support.h"

namespace foreset::lake {

Result<std::vector<std::string>> LookForUnneeded(const UpkeepTask& task, std::chrono::seconds kept,
                                                 Timestamp now) {
  const delta::Snapshot& snapshot = *task.snapshot;
  RETURN_IF_ERROR(delta::CheckWritable(snapshot.protocol(), snapshot.metadata(), {}));
  std::vector<std::string> found;
  if (task.log) found = TRY(delta::FindOldLogFiles(*task.store, now, kept));
  if (task.orphans) {
    const auto retention = std::max<std::chrono::seconds>(kept, delta::kVacuumRetention);
    for (ObjectInfo& object : TRY(delta::FindUnneeded(*task.store, snapshot, now, retention))) {
      found.push_back(std::move(object.path));
    }
  }
  return found;
}

}  // namespace foreset::lake
