// SPDX-License-Identifier: MIT
#include <string>

#include "foreset/server/connector_json.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

HttpReply InfoOf(const std::string& name, int status, const ServiceContext& context) {
  const auto connector = context.registry.Find(name);
  if (!connector) return Refusal(connector.error());
  HttpReply reply = JsonReply(status, InfoJson(name, (*connector)->View()));
  if (status == 201) reply.headers.emplace_back("Location", LocationOf(name));
  return reply;
}

HttpReply Put(const RoutedRequest& request, const ServiceContext& context) {
  const std::string& name = request.parameters[0];
  const auto options = ReadOptions(request.http.body);
  if (!options) return Refusal(options.error());
  const auto made = context.registry.Put(name, ConnectorConfig().With(*options));
  if (!made) return Refusal(made.error());
  return InfoOf(name, *made ? 201 : 200, context);
}

HttpReply Patch(const RoutedRequest& request, const ServiceContext& context) {
  const std::string& name = request.parameters[0];
  const auto changes = ReadOptions(request.http.body);
  if (!changes) return Refusal(changes.error());
  const auto changed = context.registry.Patch(name, *changes);
  if (!changed) return Refusal(changed.error());
  return InfoOf(name, 200, context);
}

}  // namespace

void AddConfigResources(Router& router, const ServiceContext& context) {
  constexpr std::string_view kPath = "/connectors/{name}/config";
  router.Add("GET", kPath, [&context](const RoutedRequest& request) {
    const auto connector = context.registry.Find(request.parameters[0]);
    if (!connector) return Refusal(connector.error());
    return JsonReply(200, ToJson((*connector)->config().Masked()));
  });
  router.Add("PUT", kPath,
             [&context](const RoutedRequest& request) { return Put(request, context); });
  router.Add("PATCH", kPath,
             [&context](const RoutedRequest& request) { return Patch(request, context); });
}

}  // namespace foreset::server
