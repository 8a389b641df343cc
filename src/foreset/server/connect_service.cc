// SPDX-License-Identifier: MIT
#include "foreset/server/connect_service.h"

#include <utility>

#include "foreset/base/messages.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {

namespace {

// Of every connector what its own run says.
std::vector<pipeline::PipelineHealth> HealthOfConnectors(const ConnectorRegistry& registry) {
  std::vector<pipeline::PipelineHealth> all;
  for (const std::string& name : registry.Names()) {
    const auto connector = registry.Find(name);
    if (!connector) continue;  // deleted since
    const ConnectorView view = (*connector)->View();
    pipeline::PipelineHealth health;
    health.name = name;
    health.running = view.state == ConnectorState::kRunning;
    health.status = view.pipeline;
    all.push_back(std::move(health));
  }
  return all;
}

}  // namespace

ConnectService::ConnectService(ServiceContext context, GuardOptions guard)
    : context_(std::move(context)),
      guard_(std::move(guard)),
      operation_{.health = [this] { return HealthOfConnectors(context_.registry); },
                 .status_json = {},
                 .max_lag_seconds = {},
                 .memory_limit_bytes = {},
                 .version = context_.worker.version} {
  AddLiveness(router_);
  AddMetrics(router_, operation_);
  AddLoggers(router_);
  AddWorkerResources(router_, context_);
  AddConnectorResources(router_, context_);
  AddConfigResources(router_, context_);
  AddStatusResources(router_, context_);
  AddStateResources(router_, context_);
  AddTaskResources(router_, context_);
  AddOffsetResources(router_, context_);
  AddTopicResources(router_, context_);
  AddPluginResources(router_, context_);
  AddLoggerResources(router_, context_);
}

std::optional<HttpReply> ConnectService::Screen(const HttpRequest& head) const {
  return ScreenRequest(head, guard_, router_);
}

HttpReply ConnectService::Handle(const HttpRequest& request) const {
  if (auto decided = Screen(request)) return *std::move(decided);
  HttpReply reply = router_.Dispatch(request);
  Debug("{} {}: {}", request.method, request.path, reply.status);
  return reply;
}

}  // namespace foreset::server
