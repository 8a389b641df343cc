// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

// What a table has and does not need any more: its keeper says so after a checkpoint, and somebody
// else deletes it, so that no commit waits for that. What is lost on the way, by a crash or because
// a deletion failed, costs space only, and a later look finds it.
namespace foreset::lake {

struct UpkeepTask {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
  std::vector<std::string> unneeded;  // objects that nobody has needed for long enough
  bool log = false;                   // old files of the log are to be looked for, too
  bool orphans = false;               // and files that no version names, as a crash leaves them
};

// How often a table is looked at, in checkpoints: a look lists the table, which costs as much as it
// has files; so looks are as far apart as commits are many.
inline constexpr std::int64_t kCheckpointsPerLogLook = 20;
inline constexpr std::int64_t kCheckpointsPerOrphanLook = 200;

// Who deletes. Thread-safe.
class UpkeepQueue {
 public:
  virtual ~UpkeepQueue() = default;
  // Never waits and never fails.
  virtual void Submit(UpkeepTask task) = 0;
};

// What the looks that the task asks for find to be deleted; `kept`: see LakeOptions. Orphans are
// left for a week at least: their commit may be on its way. kUnsupported when the table has a
// feature that Foreset does not know: nothing of it may be deleted.
Result<std::vector<std::string>> LookForUnneeded(const UpkeepTask& task, std::chrono::seconds kept,
                                                 Timestamp now);

}  // namespace foreset::lake
