// SPDX-License-Identifier: MIT
#include "foreset/server/connector_json.h"

#include <cstdint>

#include "foreset/base/json_writer.h"

namespace foreset::server {

std::string InfoJson(const std::string& name, const ConnectorView& view) {
  JsonWriter json;
  json.BeginObject()
      .Member("name", name)
      .Key("config")
      .Raw(ToJson(view.config.Masked()))
      .Key("tasks")
      .BeginArray();
  if (view.has_task) {
    json.BeginObject().Member("connector", name).Member("task", std::int64_t{0}).EndObject();
  }
  return json.EndArray().Member("type", "source").EndObject().Take();
}

std::string TaskStatusJson(const ConnectorView& view, const Worker& worker) {
  JsonWriter json;
  json.BeginObject()
      .Member("id", std::int64_t{0})
      .Member("state", NameOf(view.state))
      .Member("worker_id", worker.id)
      .Member("version", worker.version);
  if (!view.trace.empty()) json.Member("trace", view.trace);
  return json.EndObject().Take();
}

std::string StatusJson(const std::string& name, const ConnectorView& view, const Worker& worker) {
  const bool fine = !view.unusable && (view.state == ConnectorState::kFailed ||
                                       view.state == ConnectorState::kRestarting);
  JsonWriter json;
  json.BeginObject()
      .Member("name", name)
      .Key("connector")
      .BeginObject()
      .Member("state", fine ? NameOf(ConnectorState::kRunning) : NameOf(view.state))
      .Member("worker_id", worker.id)
      .Member("version", worker.version);
  if (view.unusable && !view.trace.empty()) json.Member("trace", view.trace);
  json.EndObject().Key("tasks").BeginArray();
  if (view.has_task) json.Raw(TaskStatusJson(view, worker));
  return json.EndArray().Member("type", "source").EndObject().Take();
}

}  // namespace foreset::server
