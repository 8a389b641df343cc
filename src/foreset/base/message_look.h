// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace foreset {

// How messages (base/messages.h) as text look to people.
struct MessageLook {
  bool colour = true;  // of the levels, where standard error is a terminal that has colours
  // The lines that a terminal shows a message as, given its one line; null: that line.
  std::function<std::string(std::string_view)> lay_out;
};

// For all messages from now on. Thread-safe; `lay_out` is called by the thread that emits.
void SetMessageLook(MessageLook look);

}  // namespace foreset
