// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "foreset/base/mutex.h"
#include "foreset/base/work_board.h"
#include "foreset/cli/context.h"
#include "foreset/cli/work_view.h"

namespace foreset::cli {

// Shows on a terminal how far a command is that takes longer than two seconds; elsewhere nothing.
// Ends with the object, or with Finish: before results are printed.
class WorkProgress {
 public:
  WorkProgress(Context& context, std::string unit);
  ~WorkProgress();
  WorkProgress(const WorkProgress&) = delete;
  WorkProgress& operator=(const WorkProgress&) = delete;

  // Where the work tells how far it is; null where nobody would see it.
  WorkBoard* board() { return thread_.joinable() ? &board_ : nullptr; }
  void Finish();

 private:
  void Loop();

  Context& context_;
  WorkBoard board_;
  Mutex mutex_;
  Condition wake_;
  bool finished_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace foreset::cli
