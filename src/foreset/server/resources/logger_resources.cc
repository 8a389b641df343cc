// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

constexpr const char* kRoot = "root";

// Log4j's words that fall together with ours stand behind the one that is shown.
constexpr auto kLevels = std::to_array<std::pair<std::string_view, MessageLevel>>({
    {"DEBUG", MessageLevel::kDebug},
    {"INFO", MessageLevel::kInfo},
    {"WARN", MessageLevel::kWarning},
    {"ERROR", MessageLevel::kError},
    {"TRACE", MessageLevel::kDebug},
    {"ALL", MessageLevel::kDebug},
    {"FATAL", MessageLevel::kError},
    {"OFF", MessageLevel::kError},
});

std::string_view NameOf(MessageLevel level) {
  return std::ranges::find(kLevels, level, &std::pair<std::string_view, MessageLevel>::second)
      ->first;
}

std::optional<MessageLevel> LevelOf(std::string word) {
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c; });
  for (const auto& [name, level] : kLevels) {
    if (name == word) return level;
  }
  return std::nullopt;
}

// The only logger: its level is the process's. 0: never changed.
using LastModified = std::atomic<std::int64_t>;

std::string LevelJson(std::int64_t last_modified_ms) {
  JsonWriter json;
  json.BeginObject().Member("level", NameOf(CurrentMessageLevel())).Key("last_modified");
  if (last_modified_ms == 0) {
    json.Null();
  } else {
    json.Int(last_modified_ms);
  }
  return json.EndObject().Take();
}

HttpReply Unknown(const std::string& name) {
  return Refusal(404, fmt::format("Logger {} not found: there is one, {}", name, kRoot));
}

HttpReply SetLevel(const RoutedRequest& request, const ServiceContext& context,
                   LastModified& last_modified) {
  if (request.parameters[0] != kRoot) return Unknown(request.parameters[0]);
  const auto options = ReadOptions(request.http.body);
  if (!options) return Refusal(options.error());
  const auto word = options->find("level");
  if (word == options->end() || !word->second) {
    return Refusal(400, "Desired 'level' parameter was not specified in request.");
  }
  const auto level = LevelOf(*word->second);
  if (!level) return Refusal(404, fmt::format("invalid log level '{}'.", *word->second));
  SetMessageLevel(*level);
  constexpr std::int64_t kMicrosInMilli = 1000;
  last_modified = context.clock.Now().value() / kMicrosInMilli;
  if (request.Query("scope", "worker") == "cluster") return EmptyReply(204);
  return JsonReply(200, R"(["root"])");
}

}  // namespace

void AddLoggerResources(Router& router, const ServiceContext& context) {
  const auto last_modified = std::make_shared<LastModified>(0);
  router.Add("GET", "/admin/loggers", [last_modified](const RoutedRequest&) {
    JsonWriter json;
    json.BeginObject().Key(kRoot).Raw(LevelJson(*last_modified)).EndObject();
    return JsonReply(200, json.Take());
  });
  router.Add("GET", "/admin/loggers/{logger}", [last_modified](const RoutedRequest& request) {
    if (request.parameters[0] != kRoot) return Unknown(request.parameters[0]);
    return JsonReply(200, LevelJson(*last_modified));
  });
  router.Add("PUT", "/admin/loggers/{logger}",
             [&context, last_modified](const RoutedRequest& request) {
               return SetLevel(request, context, *last_modified);
             });
}

}  // namespace foreset::server
