// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/server/connector_json.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

// The configuration of the only task: the connector's, and the class that Debezium has for it.
std::string TaskConfigJson(const ConnectorView& view) {
  ConnectorConfig::Options options = view.config.Masked();
  options.emplace("task.class", view.config.Get("connector.class") + "Task");
  return ToJson(options);
}

std::string TasksJson(const std::string& name, const ConnectorView& view) {
  JsonWriter json;
  json.BeginArray();
  if (view.has_task) {
    json.BeginObject()
        .Key("id")
        .BeginObject()
        .Member("connector", name)
        .Member("task", std::int64_t{0})
        .EndObject()
        .Key("config")
        .Raw(TaskConfigJson(view))
        .EndObject();
  }
  return json.EndArray().Take();
}

std::string TasksConfigJson(const std::string& name, const ConnectorView& view) {
  JsonWriter json;
  json.BeginObject();
  if (view.has_task) json.Key(fmt::format("{}-0", name)).Raw(TaskConfigJson(view));
  return json.EndObject().Take();
}

// Calls what answers for the task that the path names.
template <typename Answer>
HttpReply OfTask(const RoutedRequest& request, const ServiceContext& context, Answer answer) {
  const std::string& name = request.parameters[0];
  const auto connector = context.registry.Find(name);
  if (!connector) return Refusal(connector.error());
  const ConnectorView view = (*connector)->View();
  if (request.parameters[1] != "0" || !view.has_task) {
    return Refusal(404, fmt::format("Task {}-{} not found", name, request.parameters[1]));
  }
  return answer(**connector, view);
}

}  // namespace

void AddTaskResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/connectors/{name}/tasks", [&context](const RoutedRequest& request) {
    const std::string& name = request.parameters[0];
    const auto connector = context.registry.Find(name);
    if (!connector) return Refusal(connector.error());
    return JsonReply(200, TasksJson(name, (*connector)->View()));
  });
  router.Add("GET", "/connectors/{name}/tasks-config", [&context](const RoutedRequest& request) {
    const std::string& name = request.parameters[0];
    const auto connector = context.registry.Find(name);
    if (!connector) return Refusal(connector.error());
    return JsonReply(200, TasksConfigJson(name, (*connector)->View()));
  });
  router.Add("GET", "/connectors/{name}/tasks/{task}/status",
             [&context](const RoutedRequest& request) {
               return OfTask(request, context, [&](Connector&, const ConnectorView& view) {
                 return JsonReply(200, TaskStatusJson(view, context.worker));
               });
             });
  router.Add("POST", "/connectors/{name}/tasks/{task}/restart",
             [&context](const RoutedRequest& request) {
               return OfTask(request, context, [](Connector& connector, const ConnectorView&) {
                 connector.Restart(false);
                 return EmptyReply(204);
               });
             });
}

}  // namespace foreset::server
