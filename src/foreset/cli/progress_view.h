// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "foreset/base/mutex.h"
#include "foreset/cli/context.h"
#include "foreset/cli/work_view.h"
#include "foreset/pipeline/status.h"

namespace foreset::cli {

// Shows what the pipeline does while it does it: bars that redraw in place on a terminal, else a
// message every few seconds. Reads the status board, touches nothing else. Ends with the object.
class ProgressView {
 public:
  ProgressView(Context& context, const pipeline::StatusBoard& board);
  ~ProgressView();
  // Takes the bars away; nothing is shown afterwards.
  void Finish();

 private:
  void Loop();
  void DrawBars(const pipeline::PipelineStatus& status);
  void WriteLine(const pipeline::PipelineStatus& status);

  Context& context_;
  const pipeline::StatusBoard& board_;
  WorkView view_;
  Mutex mutex_;
  Condition wake_;
  bool finished_ GUARDED_BY(mutex_) = false;
  std::uint64_t last_rows_ = 0;
  std::uint64_t last_changes_ = 0;
  std::chrono::steady_clock::time_point last_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace foreset::cli
