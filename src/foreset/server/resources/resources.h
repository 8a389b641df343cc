// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/server/connect_service.h"

// Kafka Connect's resources, a file each. Handlers are thread-safe; `context` outlives the router.
namespace foreset::server {

// / and /health.
void AddWorkerResources(Router& router, const ServiceContext& context);
// /connectors: list, make, show, delete.
void AddConnectorResources(Router& router, const ServiceContext& context);
// /connectors/{name}/config.
void AddConfigResources(Router& router, const ServiceContext& context);
// /connectors/{name}/status.
void AddStatusResources(Router& router, const ServiceContext& context);
// /connectors/{name}/pause, resume, stop, restart.
void AddStateResources(Router& router, const ServiceContext& context);
// /connectors/{name}/tasks and tasks-config.
void AddTaskResources(Router& router, const ServiceContext& context);
// /connectors/{name}/offsets.
void AddOffsetResources(Router& router, const ServiceContext& context);
// /connectors/{name}/topics.
void AddTopicResources(Router& router, const ServiceContext& context);
// /connector-plugins.
void AddPluginResources(Router& router, const ServiceContext& context);
// /admin/loggers.
void AddLoggerResources(Router& router, const ServiceContext& context);

}  // namespace foreset::server
