// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace foreset {

enum class MessageLevel { kDebug, kInfo, kWarning, kError };
enum class MessageFormat { kText, kJson };

// Program messages go to standard error, one line each, in UTC. Loops and commands emit them;
// everything below returns facts instead. Thread-safe. Never pass a Secret (it does not compile).
void ConfigureMessages(MessageLevel level, MessageFormat format);
void EmitMessage(MessageLevel level, std::string_view text);

// The lowest level that is emitted; may be changed at any time, by any thread.
void SetMessageLevel(MessageLevel level);
MessageLevel CurrentMessageLevel();

template <typename... Args>
void Debug(fmt::format_string<Args...> format, Args&&... args) {
  EmitMessage(MessageLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Info(fmt::format_string<Args...> format, Args&&... args) {
  EmitMessage(MessageLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Warn(fmt::format_string<Args...> format, Args&&... args) {
  EmitMessage(MessageLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace foreset
