// SPDX-License-Identifier: MIT
#include <string>

#include "foreset/server/connector_json.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {

void AddStatusResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/connectors/{name}/status", [&context](const RoutedRequest& request) {
    const std::string& name = request.parameters[0];
    const auto connector = context.registry.Find(name);
    if (!connector) return Refusal(connector.error());
    return JsonReply(200, StatusJson(name, (*connector)->View(), context.worker));
  });
}

}  // namespace foreset::server
