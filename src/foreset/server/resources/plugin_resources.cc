// SPDX-License-Identifier: MIT
#include <string>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

HttpReply UnknownPlugin(const std::string& name) {
  return Refusal(404, fmt::format("Unknown plugin {}.", name));
}

HttpReply Validate(const RoutedRequest& request, const ServiceContext& context) {
  const std::string& name = request.parameters[0];
  const auto options = ReadOptions(request.http.body);
  if (!options) return Refusal(options.error());
  const ConnectorConfig config = ConnectorConfig().With(*options);
  const auto plugin = context.registry.FindPlugin(name);
  if (!plugin) return Refusal(404, plugin.error().message);
  const auto meant = context.registry.FindPlugin(config.Get("connector.class"));
  if (!meant || *meant != *plugin) {
    return Refusal(400, fmt::format("Included connector type {} does not match request type {}",
                                    config.Get("connector.class"), name));
  }
  return JsonReply(200, ToJson(context.registry.Validate(**plugin, config)));
}

}  // namespace

void AddPluginResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/connector-plugins", [&context](const RoutedRequest&) {
    JsonWriter json;
    json.BeginArray();
    for (const auto& plugin : context.registry.plugins()) {
      json.BeginObject()
          .Member("class", plugin->ClassName())
          .Member("type", "source")
          .Member("version", plugin->Version())
          .EndObject();
    }
    return JsonReply(200, json.EndArray().Take());
  });
  router.Add("GET", "/connector-plugins/{class}/config", [&context](const RoutedRequest& request) {
    const auto plugin = context.registry.FindPlugin(request.parameters[0]);
    if (!plugin) return UnknownPlugin(request.parameters[0]);
    JsonWriter json;
    json.BeginArray();
    for (const OptionDefinition& option : (*plugin)->Options()) json.Raw(ToJson(option));
    return JsonReply(200, json.EndArray().Take());
  });
  router.Add("PUT", "/connector-plugins/{class}/config/validate",
             [&context](const RoutedRequest& request) { return Validate(request, context); });
}

}  // namespace foreset::server
