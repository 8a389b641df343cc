// SPDX-License-Identifier: MIT
#include "foreset/base/messages.h"

#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "foreset/base/json_writer.h"

namespace foreset {
namespace {

spdlog::level::level_enum ToSpdlog(MessageLevel level) {
  switch (level) {
    case MessageLevel::kDebug:
      return spdlog::level::debug;
    case MessageLevel::kInfo:
      return spdlog::level::info;
    case MessageLevel::kWarning:
      return spdlog::level::warn;
    case MessageLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// The sink is a library's process-wide resource; nothing of Foreset hides behind it.
struct Messages {
  std::shared_ptr<spdlog::logger> logger = [] {
    auto made = spdlog::stderr_color_mt("foreset");
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%L%$ %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  bool json = false;
};

Messages& TheMessages() {
  static Messages messages;
  return messages;
}

}  // namespace

void SetMessageLevel(MessageLevel level) { TheMessages().logger->set_level(ToSpdlog(level)); }

MessageLevel CurrentMessageLevel() {
  switch (TheMessages().logger->level()) {
    case spdlog::level::trace:
    case spdlog::level::debug:
      return MessageLevel::kDebug;
    case spdlog::level::info:
      return MessageLevel::kInfo;
    case spdlog::level::warn:
      return MessageLevel::kWarning;
    default:
      return MessageLevel::kError;
  }
}

void ConfigureMessages(MessageLevel level, MessageFormat format) {
  Messages& messages = TheMessages();
  messages.logger->set_level(ToSpdlog(level));
  messages.json = format == MessageFormat::kJson;
  if (messages.json) {
    messages.logger->set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":%v})",
                                 spdlog::pattern_time_type::utc);
  }
}

void EmitMessage(MessageLevel level, std::string_view text) {
  Messages& messages = TheMessages();
  if (messages.json) {
    JsonWriter quoted;
    quoted.String(text);
    messages.logger->log(ToSpdlog(level), "{}", quoted.Take());
    return;
  }
  messages.logger->log(ToSpdlog(level), "{}", text);
}

}  // namespace foreset
