// SPDX-License-Identifier: MIT
#include <string>

#include "foreset/server/connector_json.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

Router::Handler SetsTarget(const ServiceContext& context, TargetState target, int status) {
  return [&context, target, status](const RoutedRequest& request) {
    const auto set = context.registry.SetTarget(request.parameters[0], target);
    return set ? EmptyReply(status) : Refusal(set.error());
  };
}

// Connector and task are one pipeline here: either restart begins it anew.
HttpReply Restart(const RoutedRequest& request, const ServiceContext& context) {
  const std::string& name = request.parameters[0];
  const auto connector = context.registry.Find(name);
  if (!connector) return Refusal(connector.error());
  const bool only_failed = request.IsSet("onlyFailed");
  (*connector)->Restart(only_failed);
  if (!only_failed && !request.IsSet("includeTasks")) return EmptyReply(204);
  return JsonReply(202, StatusJson(name, (*connector)->View(), context.worker));
}

}  // namespace

void AddStateResources(Router& router, const ServiceContext& context) {
  router.Add("PUT", "/connectors/{name}/pause", SetsTarget(context, TargetState::kPaused, 202));
  router.Add("PUT", "/connectors/{name}/resume", SetsTarget(context, TargetState::kRunning, 202));
  router.Add("PUT", "/connectors/{name}/stop", SetsTarget(context, TargetState::kStopped, 204));
  router.Add("POST", "/connectors/{name}/restart",
             [&context](const RoutedRequest& request) { return Restart(request, context); });
}

}  // namespace foreset::server
