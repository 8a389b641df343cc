// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/server/connector.h"

// Connectors as Kafka Connect shows them.
namespace foreset::server {

// Who runs the connectors, as every status says.
struct Worker {
  std::string id;       // host:port
  std::string version;  // of Foreset
};

// {"name":…,"config":{…},"tasks":[{"connector":…,"task":0}],"type":"source"}, secrets masked.
std::string InfoJson(const std::string& name, const ConnectorView& view);
// {"name":…,"connector":{"state":…,"worker_id":…,"version":…},"tasks":[{"id":0,"state":…}],
// "type":"source"}; a `trace` where there is something to say. As in Kafka Connect a connector runs
// while its task has failed: it is the task that is begun again.
std::string StatusJson(const std::string& name, const ConnectorView& view, const Worker& worker);
// The task's part of it.
std::string TaskStatusJson(const ConnectorView& view, const Worker& worker);

}  // namespace foreset::server
