// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/work_board.h"
#include "foreset/cli/context.h"

namespace foreset::cli {

// Whether progress is drawn: standard error is a terminal that can take lines back, and neither
// --quiet nor messages as JSON are wanted.
bool DrawsProgress(const Context& context);

// What is under way, in lines at the end of standard error's terminal that are drawn again in
// place. No line is wider than the terminal, also when that is resized between; a message that
// comes takes the lines away, and the next drawing follows it. Thread-safe; one at a time.
class WorkView {
 public:
  explicit WorkView(Context& context);
  ~WorkView();
  WorkView(const WorkView&) = delete;
  WorkView& operator=(const WorkView&) = delete;

  // A line for each of the first parts, with a bar where it is known how much there is, and one
  // below them.
  void Draw(const std::vector<WorkPart>& parts, const std::string& unit, const std::string& below);
  void Erase();

 private:
  Context& context_;
  Mutex mutex_;
  std::vector<std::size_t> drawn_ GUARDED_BY(mutex_);  // the lines' widths
};

}  // namespace foreset::cli
