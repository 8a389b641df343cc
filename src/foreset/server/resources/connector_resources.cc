// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "foreset/base/json_writer.h"
#include "foreset/server/connector_json.h"
#include "foreset/server/resources/resources.h"

namespace foreset::server {
namespace {

std::string Trimmed(std::string text) {
  const char* blanks = " \t\r\n";
  text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
  text.erase(text.find_last_not_of(blanks) + 1);
  return text;
}

HttpReply List(const RoutedRequest& request, const ServiceContext& context) {
  JsonWriter json;
  if (!request.http.query.contains("expand")) {
    json.BeginArray();
    for (const std::string& name : context.registry.Names()) json.String(name);
    return JsonReply(200, json.EndArray().Take());
  }
  const auto [first, last] = request.http.query.equal_range("expand");
  const auto wants = [&](std::string_view what) {
    return std::any_of(first, last, [&](const auto& expand) { return expand.second == what; });
  };
  json.BeginObject();
  for (const std::string& name : context.registry.Names()) {
    const auto connector = context.registry.Find(name);
    if (!connector) continue;  // deleted meanwhile
    const ConnectorView view = (*connector)->View();
    json.Key(name).BeginObject();
    if (wants("info")) json.Key("info").Raw(InfoJson(name, view));
    if (wants("status")) json.Key("status").Raw(StatusJson(name, view, context.worker));
    json.EndObject();
  }
  return JsonReply(200, json.EndObject().Take());
}

HttpReply Create(const RoutedRequest& request, const ServiceContext& context) {
  auto made = ReadNewConnector(request.http.body);
  if (!made) return Refusal(made.error());
  made->name = Trimmed(made->name);
  if (const auto created = context.registry.Create(*made); !created) {
    return Refusal(created.error());
  }
  const auto connector = context.registry.Find(made->name);
  if (!connector) return Refusal(connector.error());
  HttpReply reply = JsonReply(201, InfoJson(made->name, (*connector)->View()));
  reply.headers.emplace_back("Location", LocationOf(made->name));
  return reply;
}

}  // namespace

void AddConnectorResources(Router& router, const ServiceContext& context) {
  router.Add("GET", "/connectors",
             [&context](const RoutedRequest& request) { return List(request, context); });
  router.Add("POST", "/connectors",
             [&context](const RoutedRequest& request) { return Create(request, context); });
  router.Add("GET", "/connectors/{name}", [&context](const RoutedRequest& request) {
    const std::string& name = request.parameters[0];
    const auto connector = context.registry.Find(name);
    if (!connector) return Refusal(connector.error());
    return JsonReply(200, InfoJson(name, (*connector)->View()));
  });
  router.Add("DELETE", "/connectors/{name}", [&context](const RoutedRequest& request) {
    const auto deleted = context.registry.Delete(request.parameters[0]);
    return deleted ? EmptyReply(204) : Refusal(deleted.error());
  });
}

}  // namespace foreset::server
