// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"

namespace foreset::cli {

enum class LineEnd : std::uint8_t { kEntered, kStopped, kClosed };

struct EditedLine {
  LineEnd end = LineEnd::kClosed;  // Enter, the stop token, Ctrl-D on an empty line
  std::string text;                // without a line end; empty unless entered
};

// What could stand where `word` stands, for Tab. Gets the whole line, too.
using Completer =
    std::function<std::vector<std::string>(std::string_view line, std::string_view word)>;

// Lines from a person at a terminal: editing, history over sessions, completion. The only file that
// names libedit is its source. Not thread-safe; one at a time.
class LineEditor {
 public:
  // `history_file` is read now and written at each entry; its folder is made. Empty: no file.
  static Result<std::unique_ptr<LineEditor>> Open(const std::string& history_file,
                                                  Completer completer);
  virtual ~LineEditor() = default;
  // What was typed before the call counts, a Ctrl-C among it as the signal that requests `stop`.
  virtual EditedLine Read(const std::string& prompt, const std::stop_token& stop) = 0;
  // What the arrow keys bring back.
  virtual void Remember(const std::string& entry) = 0;
};

}  // namespace foreset::cli
