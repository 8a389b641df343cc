// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"
#include "foreset/server/operation/logger_levels.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

// When levels were last changed here. 0: never.
using LastModified = std::atomic<std::int64_t>;

// Log4j's way of writing them: "DEBUG", "WARN".
std::string Log4jName(MessageLevel level) {
  if (level == MessageLevel::kWarning) return "WARN";
  std::string name(NameOfLevel(level));
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c; });
  return name;
}

std::string LevelJson(MessageLevel level, std::int64_t last_modified_ms) {
  JsonWriter json;
  json.BeginObject().Member("level", Log4jName(level)).Key("last_modified");
  if (last_modified_ms == 0) {
    json.Null();
  } else {
    json.Int(last_modified_ms);
  }
  return json.EndObject().Take();
}

HttpReply UnknownLogger(const std::string& name) {
  return Refusal(404, fmt::format("Logger {} not found: GET /admin/loggers lists them", name));
}

HttpReply ShowLevels(std::int64_t last_modified_ms) {
  JsonWriter json;
  json.BeginObject();
  for (const LoggerLevel& one : LoggerLevels()) {
    json.Key(one.logger).Raw(LevelJson(one.level, last_modified_ms));
  }
  return JsonReply(200, json.EndObject().Take());
}

HttpReply ShowLevel(const std::string& name, std::int64_t last_modified_ms) {
  for (const LoggerLevel& one : LoggerLevels()) {
    if (one.logger == name) return JsonReply(200, LevelJson(one.level, last_modified_ms));
  }
  return UnknownLogger(name);
}

HttpReply SetLevel(const RoutedRequest& request, const ServiceContext& context,
                   LastModified& last_modified) {
  const std::string& name = request.parameters[0];
  const auto options = ReadOptions(request.http.body);
  if (!options) return Refusal(options.error());
  const auto word = options->find("level");
  if (word == options->end() || !word->second) {
    return Refusal(400, "Desired 'level' parameter was not specified in request.");
  }
  const auto level = LevelOfName(*word->second);
  if (!level) return Refusal(404, fmt::format("invalid log level '{}'.", *word->second));
  if (!SetLoggerLevel(name, level)) return UnknownLogger(name);
  constexpr std::int64_t kMicrosInMilli = 1000;
  last_modified = context.clock.Now().value() / kMicrosInMilli;
  if (request.Query("scope", "worker") == "cluster") return EmptyReply(204);
  JsonWriter changed;
  changed.BeginArray().String(name).EndArray();
  return JsonReply(200, changed.Take());
}

}  // namespace

void AddLoggerResources(Router& router, const ServiceContext& context) {
  const auto last_modified = std::make_shared<LastModified>(0);
  router.Add("GET", "/admin/loggers",
             [last_modified](const RoutedRequest&) { return ShowLevels(*last_modified); });
  router.Add("GET", "/admin/loggers/{logger}", [last_modified](const RoutedRequest& request) {
    return ShowLevel(request.parameters[0], *last_modified);
  });
  router.Add("PUT", "/admin/loggers/{logger}",
             [&context, last_modified](const RoutedRequest& request) {
               return SetLevel(request, context, *last_modified);
             });
}

}  // namespace foreset::server
