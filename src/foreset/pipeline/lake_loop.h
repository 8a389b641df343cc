// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "foreset/base/bounded_queue.h"
#include "foreset/base/mutex.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/status.h"
#include "foreset/pipeline/table_followers.h"

namespace foreset::pipeline {

// Keeps silver and gold behind bronze: a few workers, each the sole keeper of some of the tables.
// A table whose work fails for good stops alone, with its reason in the status; the others go on.
// Submit from any one thread at a time; a full queue makes the submitter wait. After `stop` nothing
// is retried or caught up any more: bronze has it, the next run goes on.
// What may pass is tried again for ever, or for `patience` without progress: then the loop works no
// more and says so (gave_up).
class LakeLoop {
 public:
  LakeLoop(const lake::Lake& lake, const PipelineOptions& options,
           TableFollowers::SchemaHistory schemas, StatusBoard& board, std::stop_token stop,
           std::optional<std::chrono::milliseconds> patience = {});
  ~LakeLoop();

  void Submit(TableWork work);
  // Waits until nobody here holds anything of the table; a stopped one can be submitted for again.
  void LetGo(const TableId& table);
  // Looks for requests to begin tables anew, and passes them on. As Submit; while the source idles,
  // too.
  void TakeRequests();
  // Who writes bronze waits for the same turns.
  Turns& turns() { return turns_; }
  // Works off what is queued, then ends the workers.
  void Drain();
  // Ends the workers after what they are doing now; queued work is dropped (bronze has it).
  void Abandon();
  // Why it works no more, if so. After Drain: whether all of bronze is above.
  std::optional<Error> gave_up() const;

 private:
  struct Worker;

  void Run(Worker& worker);
  void Handle(Worker& worker, const TableWork& work);
  void Stop(const TableWork& work, const Error& why);
  void GiveUp(const Error& why);
  void GoesOn(const TableId& table);
  void ReadNotes();
  void Report(const TableWork& work, const FollowedCounts& reached);
  void WarnOfIndexes();
  void Maintain(Worker& worker, const TableId& table);

  const lake::Lake lake_;
  const PipelineOptions options_;
  TableFollowers::SchemaHistory schemas_;
  StatusBoard& board_;
  std::stop_token stop_;
  std::optional<std::chrono::milliseconds> patience_;
  ResetInbox inbox_;
  Turns turns_;
  std::atomic<bool> abandoned_ = false;
  mutable Mutex mutex_;
  std::optional<Error> gave_up_ GUARDED_BY(mutex_);
  bool warned_of_indexes_ GUARDED_BY(mutex_) = false;
  std::set<TableId> noted_ GUARDED_BY(mutex_);  // tables with a stop note
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace foreset::pipeline
