// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

namespace foreset {

enum class MessageLevel { kDebug, kInfo, kWarning, kError };
enum class MessageFormat { kText, kJson };

// Program messages go to standard error, one line each, in UTC. Loops and commands emit them;
// everything below returns facts instead. Thread-safe. Never pass a Secret (it does not compile).
//
// A message's logger is where it stands in the sources: "pipeline.capture_loop" in
// src/foreset/pipeline/capture_loop.cc. Its level is its own, else that of "pipeline", else the
// root's; all may be changed at any time, by any thread.
void ConfigureMessages(MessageLevel level, MessageFormat format);
void EmitMessage(MessageLevel level, const std::source_location& where, std::string_view text);
// Called before each message, on the thread that emits it, so that what stands at the end of a
// terminal can be taken away; null: nothing. It emits none itself. One at a time.
void BeforeMessages(std::function<void()> call);
// Whether a message would be shown; notes that there is such a logger.
bool IsMessageWanted(MessageLevel level, const std::source_location& where);

inline constexpr const char* kRootLogger = "root";

struct LoggerLevel {
  std::string logger;
  MessageLevel level = MessageLevel::kInfo;  // that is in force
  bool own = false;                          // set for it, not for what it is part of
  bool operator==(const LoggerLevel&) const = default;
};

// The root, then everything that had a message to emit (or not to) and what it is part of, by name.
std::vector<LoggerLevel> LoggerLevels();
// Nothing for a level: that of what it is part of (for the root: as configured). False when there
// is no such logger.
bool SetLoggerLevel(std::string_view logger, std::optional<MessageLevel> level);

// A format string that knows where it stands.
template <typename... Args>
struct MessageText {
  template <typename Text>
  // NOLINTNEXTLINE(google-explicit-constructor): made of a literal, in the caller's line
  consteval MessageText(const Text& literal,
                        std::source_location at = std::source_location::current())
      : text(literal), where(at) {}

  fmt::format_string<Args...> text;
  std::source_location where;
};

template <typename... Args>
void Emit(MessageLevel level, const MessageText<Args...>& text, Args&&... args) {
  if (!IsMessageWanted(level, text.where)) return;
  EmitMessage(level, text.where, fmt::format(text.text, std::forward<Args>(args)...));
}
template <typename... Args>
void Debug(MessageText<std::type_identity_t<Args>...> text, Args&&... args) {
  Emit<Args...>(MessageLevel::kDebug, text, std::forward<Args>(args)...);
}
template <typename... Args>
void Info(MessageText<std::type_identity_t<Args>...> text, Args&&... args) {
  Emit<Args...>(MessageLevel::kInfo, text, std::forward<Args>(args)...);
}
template <typename... Args>
void Warn(MessageText<std::type_identity_t<Args>...> text, Args&&... args) {
  Emit<Args...>(MessageLevel::kWarning, text, std::forward<Args>(args)...);
}

}  // namespace foreset
