// SPDX-License-Identifier: MIT
#include "foreset/base/json_writer.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {

void AddWorkerResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/", [&context](const RoutedRequest&) {
    JsonWriter json;
    json.BeginObject()
        .Member("version", context.worker.version)
        .Member("commit", "foreset")
        .Member("kafka_cluster_id", "foreset")
        .EndObject();
    return JsonReply(200, json.Take());
  });
  router.Add("GET", "/health", [](const RoutedRequest&) {
    JsonWriter json;
    json.BeginObject()
        .Member("status", "healthy")
        .Member("message", "Worker has completed startup and is ready to handle requests.")
        .EndObject();
    return JsonReply(200, json.Take());
  });
}

}  // namespace foreset::server
