// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/pipeline/health.h"
#include "foreset/server/http_message.h"
#include "foreset/server/http_server.h"
#include "foreset/server/request_guard.h"
#include "foreset/server/router.h"

namespace foreset::server {

// What is told of pipelines, and where it comes from. The functions are called on several threads
// at once, for every request: they answer from memory, or from what they read a moment ago.
struct OperationContext {
  std::function<std::vector<pipeline::PipelineHealth>()> health;
  std::function<Result<std::string>()> status_json;  // as `foreset status -o json`
  // Beyond it a layer is not ready; nothing: readiness is not told.
  std::optional<double> max_lag_seconds;
  std::optional<std::uint64_t> memory_limit_bytes;
  std::string version;
};

// What every server of Foreset has. /metrics (`context` outlives the router) and /api/v1/loggers.
void AddMetrics(Router& router, const OperationContext& context);
void AddLoggers(Router& router);
// /livez: 200 as long as requests are answered.
void AddLiveness(Router& router);
// What a service screens requests by: the guard's refusal, else /livez, which waits for nobody.
std::optional<HttpReply> ScreenRequest(const HttpRequest& head, const GuardOptions& guard,
                                       const Router& router);

// What `foreset serve` and `foreset run --listen` serve: the guard before every request, then the
// resources, and / as their list. Thread-safe.
class OperationService final : public HttpService {
 public:
  OperationService(OperationContext context, GuardOptions guard);
  OperationService(const OperationService&) = delete;
  OperationService& operator=(const OperationService&) = delete;
  std::optional<HttpReply> Screen(const HttpRequest& head) const override;
  HttpReply Handle(const HttpRequest& request) const override;

 private:
  const OperationContext context_;
  const GuardOptions guard_;
  Router router_;
};

}  // namespace foreset::server
