// SPDX-License-Identifier: MIT
#include "foreset/base/messages.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/message_look.h"
#include "foreset/base/mutex.h"
#include "foreset/base/printable_text.h"

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

// "pipeline.capture_loop" of ".../src/foreset/pipeline/capture_loop.cc".
std::string LoggerOf(const std::source_location& where) {
  constexpr std::string_view kRoot = "/foreset/";
  std::string_view path = where.file_name();
  if (const std::size_t at = path.rfind(kRoot); at != std::string_view::npos) {
    path.remove_prefix(at + kRoot.size());
  }
  std::string name(path.substr(0, path.rfind('.')));
  std::ranges::replace(name, '/', '.');
  return name;
}

// "pipeline" of "pipeline.capture_loop"; empty: the root.
std::string_view ParentOf(std::string_view logger) {
  const std::size_t dot = logger.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : logger.substr(0, dot);
}

// Where messages go is a library's process-wide resource; so are, then, the levels in force.
class Messages {
 public:
  Messages() {
    sink_->set_level(spdlog::level::trace);
    Configure(MessageLevel::kInfo, MessageFormat::kText);
  }

  void Configure(MessageLevel level, MessageFormat format) {
    const MutexLock lock(mutex_);
    configured_ = level;
    root_ = level;
    json_ = format == MessageFormat::kJson;
    sink_->set_pattern(json_ ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                             : "%Y-%m-%dT%H:%M:%S.%eZ %^%L%$ %v",
                       spdlog::pattern_time_type::utc);
  }

  bool IsWanted(MessageLevel level, std::string_view logger) {
    const MutexLock lock(mutex_);
    for (std::string_view one = logger; !one.empty(); one = ParentOf(one)) {
      if (!own_.contains(one)) own_.emplace(one, std::nullopt);
    }
    return level >= InForce(logger);
  }

  std::vector<LoggerLevel> Levels() {
    const MutexLock lock(mutex_);
    std::vector<LoggerLevel> levels{{kRootLogger, root_, root_ != configured_}};
    for (const auto& [logger, level] : own_) {
      levels.push_back({logger, InForce(logger), level.has_value()});
    }
    return levels;
  }

  bool SetLevel(std::string_view logger, std::optional<MessageLevel> level) {
    const MutexLock lock(mutex_);
    if (logger == kRootLogger) {
      root_ = level.value_or(configured_);
      return true;
    }
    const auto found = own_.find(logger);
    if (found == own_.end()) return false;
    found->second = level;
    return true;
  }

  void Look(MessageLook look) {
    const MutexLock lock(before_mutex_);
    terminal_->set_color_mode(look.colour ? spdlog::color_mode::automatic
                                          : spdlog::color_mode::never);
    lay_out_ = std::move(look.lay_out);
  }

  void Before(std::function<void()> call) {
    const MutexLock lock(before_mutex_);
    before_ = std::move(call);
  }

  void Write(MessageLevel level, std::string_view logger, std::string_view text) {
    const MutexLock lock(before_mutex_);
    if (before_) before_();
    if (!IsJson()) {
      const std::string line = PrintableText(text);
      sink_->log(ToSpdlog(level), "{}", lay_out_ ? lay_out_(line) : line);
      return;
    }
    JsonWriter members;
    members.BeginObject().Member("logger", logger).Member("msg", text).EndObject();
    const std::string object = members.Take();
    sink_->log(ToSpdlog(level), "{}", std::string_view(object).substr(1, object.size() - 2));
  }

 private:
  bool IsJson() {
    const MutexLock lock(mutex_);
    return json_;
  }
  MessageLevel InForce(std::string_view logger) const REQUIRES(mutex_) {
    for (std::string_view one = logger; !one.empty(); one = ParentOf(one)) {
      const auto found = own_.find(one);
      if (found != own_.end() && found->second) return *found->second;
    }
    return root_;
  }

  const std::shared_ptr<spdlog::sinks::stderr_color_sink_mt> terminal_ =
      std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  const std::shared_ptr<spdlog::logger> sink_ =
      std::make_shared<spdlog::logger>("foreset", terminal_);
  Mutex before_mutex_;
  std::function<void()> before_ GUARDED_BY(before_mutex_);
  std::function<std::string(std::string_view)> lay_out_ GUARDED_BY(before_mutex_);
  Mutex mutex_;
  bool json_ GUARDED_BY(mutex_) = false;
  MessageLevel configured_ GUARDED_BY(mutex_) = MessageLevel::kInfo;
  MessageLevel root_ GUARDED_BY(mutex_) = MessageLevel::kInfo;
  // All loggers that are known; nothing for a level: its parent's.
  std::map<std::string, std::optional<MessageLevel>, std::less<>> own_ GUARDED_BY(mutex_);
};

Messages& TheMessages() {
  static Messages messages;
  return messages;
}

}  // namespace

void ConfigureMessages(MessageLevel level, MessageFormat format) {
  TheMessages().Configure(level, format);
}

void EmitMessage(MessageLevel level, const std::source_location& where, std::string_view text) {
  TheMessages().Write(level, LoggerOf(where), text);
}

void SetMessageLook(MessageLook look) { TheMessages().Look(std::move(look)); }

void BeforeMessages(std::function<void()> call) { TheMessages().Before(std::move(call)); }

bool IsMessageWanted(MessageLevel level, const std::source_location& where) {
  return TheMessages().IsWanted(level, LoggerOf(where));
}

std::vector<LoggerLevel> LoggerLevels() { return TheMessages().Levels(); }

bool SetLoggerLevel(std::string_view logger, std::optional<MessageLevel> level) {
  return TheMessages().SetLevel(logger, level);
}

}  // namespace foreset
