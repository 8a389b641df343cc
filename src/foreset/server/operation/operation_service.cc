// SPDX-License-Identifier: MIT
#include "foreset/server/operation/operation_service.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/operation.h"
#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"
#include "foreset/server/operation/logger_levels.h"
#include "foreset/server/operation/metrics_page.h"
#include "foreset/server/operation/readiness.h"
#include "foreset/server/request_body.h"

namespace foreset::server {
namespace {

constexpr const char* kPlainText = "text/plain; charset=utf-8";

constexpr const char* kIndex =
    "Foreset\n"
    "\n"
    "GET /livez                  200 while the process answers\n"
    "GET /readyz                 200 when all is well, else 503 with the reasons\n"
    "GET /metrics                for Prometheus\n"
    "GET /api/v1/status          layers, tables, positions and lag, as `foreset status -o json`\n"
    "GET /api/v1/loggers         the levels of messages\n"
    "GET /api/v1/loggers/NAME\n"
    "PUT /api/v1/loggers/NAME    {\"level\": \"debug\"}; null: as configured\n";

void Append(JsonWriter& json, const LoggerLevel& logger) {
  json.BeginObject()
      .Member("name", logger.logger)
      .Member("level", NameOfLevel(logger.level))
      .Member("own", logger.own)
      .EndObject();
}

HttpReply ShowLoggers() {
  JsonWriter json;
  json.BeginObject().Key("loggers").BeginArray();
  for (const LoggerLevel& logger : LoggerLevels()) Append(json, logger);
  json.EndArray().EndObject();
  return JsonReply(200, json.Take() + "\n");
}

HttpReply ShowLogger(const std::string& name) {
  const auto levels = LoggerLevels();
  const auto found = std::ranges::find(levels, name, &LoggerLevel::logger);
  if (found == levels.end()) {
    return Refusal(404, fmt::format("{}: there is no logger {}",
                                    FormatCode(operation_error::kLoggerUnknown), name));
  }
  JsonWriter json;
  Append(json, *found);
  return JsonReply(200, json.Take() + "\n");
}

HttpReply SetLogger(const RoutedRequest& request) {
  const std::string& name = request.parameters[0];
  const auto options = ReadOptions(request.http.body);
  if (!options) return Refusal(options.error());
  const auto word = options->find("level");
  if (word == options->end()) return Refusal(400, R"(wants {"level": "debug"})");
  std::optional<MessageLevel> level;
  if (word->second) {
    level = LevelOfName(*word->second);
    if (!level) {
      return Refusal(400, fmt::format("{}: there is no such level; there are debug, info, warning "
                                      "and error",
                                      FormatCode(operation_error::kLoggerUnknown)));
    }
  }
  if (SetLoggerLevel(name, level)) {
    Info("logger {} is set to {}", name, level ? NameOfLevel(*level) : "what it was configured to");
  }
  return ShowLogger(name);
}

}  // namespace

void AddMetrics(Router& router, const OperationContext& context) {
  router.Add("GET", "/metrics", [&context](const RoutedRequest&) {
    HttpReply reply = JsonReply(200, MetricsPage({.version = context.version,
                                                  .pipelines = context.health(),
                                                  .max_lag_seconds = context.max_lag_seconds,
                                                  .memory_limit_bytes = context.memory_limit_bytes,
                                                  .process = ReadProcessFacts()}));
    reply.media_type = kMetricsType;
    return reply;
  });
}

void AddLoggers(Router& router) {
  router.Add("GET", "/api/v1/loggers", [](const RoutedRequest&) { return ShowLoggers(); });
  router.Add("GET", "/api/v1/loggers/{name}",
             [](const RoutedRequest& request) { return ShowLogger(request.parameters[0]); });
  router.Add("PUT", "/api/v1/loggers/{name}",
             [](const RoutedRequest& request) { return SetLogger(request); });
}

void AddLiveness(Router& router) {
  router.Add("GET", "/livez", [](const RoutedRequest&) {
    HttpReply reply = JsonReply(200, "ok\n");
    reply.media_type = kPlainText;
    return reply;
  });
}

std::optional<HttpReply> ScreenRequest(const HttpRequest& head, const GuardOptions& guard,
                                       const Router& router) {
  if (auto refused = RefuseRequest(head, guard)) {
    Debug("{} {}: {}", head.method, head.path, refused->status);
    return refused;
  }
  if (head.path == "/livez") return router.Dispatch(head);
  return std::nullopt;
}

OperationService::OperationService(OperationContext context, GuardOptions guard)
    : context_(std::move(context)), guard_(std::move(guard)) {
  AddLiveness(router_);
  router_.Add("GET", "/readyz", [this](const RoutedRequest&) {
    Readiness readiness = ReadinessOf(context_.health(), context_.max_lag_seconds.value_or(0));
    return JsonReply(readiness.ready ? 200 : 503, std::move(readiness.json));
  });
  AddMetrics(router_, context_);
  AddLoggers(router_);
  router_.Add("GET", "/", [](const RoutedRequest&) {
    HttpReply reply = JsonReply(200, kIndex);
    reply.media_type = kPlainText;
    return reply;
  });
  router_.Add("GET", "/api/v1/status", [this](const RoutedRequest&) {
    auto status = context_.status_json();
    return status ? JsonReply(200, *std::move(status)) : Refusal(status.error());
  });
}

std::optional<HttpReply> OperationService::Screen(const HttpRequest& head) const {
  return ScreenRequest(head, guard_, router_);
}

HttpReply OperationService::Handle(const HttpRequest& request) const {
  if (auto decided = Screen(request)) return *std::move(decided);
  HttpReply reply = router_.Dispatch(request);
  Debug("{} {}: {}", request.method, request.path, reply.status);
  return reply;
}

}  // namespace foreset::server
