// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "foreset/base/json_writer.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {

void AddTopicResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/connectors/{name}/topics", [&context](const RoutedRequest& request) {
    // As Kafka Connect has it, a connector that is not there has no topics.
    const auto connector = context.registry.Find(request.parameters[0]);
    const auto topics = connector ? (*connector)->Topics() : std::vector<std::string>();
    JsonWriter json;
    json.BeginObject().Key(request.parameters[0]).BeginObject().Key("topics").BeginArray();
    for (const std::string& topic : topics) json.String(topic);
    return JsonReply(200, json.EndArray().EndObject().EndObject().Take());
  });
  router.Add("PUT", "/connectors/{name}/topics/reset", [&context](const RoutedRequest& request) {
    const auto connector = context.registry.Find(request.parameters[0]);
    if (connector) (*connector)->ForgetTopics();
    return EmptyReply(202);
  });
}

}  // namespace foreset::server
