// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "foreset/base/clock.h"
#include "foreset/server/connector_json.h"
#include "foreset/server/connector_registry.h"
#include "foreset/server/http_message.h"
#include "foreset/server/http_server.h"
#include "foreset/server/operation/operation_service.h"
#include "foreset/server/request_guard.h"
#include "foreset/server/router.h"

namespace foreset::server {

// What resources answer from. Outlives them.
struct ServiceContext {
  ConnectorRegistry& registry;
  const Clock& clock;
  Worker worker;
};

// The whole REST interface: the guard before every request, then the resources; beside them
// /livez, /metrics and /api/v1/loggers. Thread-safe.
class ConnectService final : public HttpService {
 public:
  ConnectService(ServiceContext context, GuardOptions guard);
  ConnectService(const ConnectService&) = delete;
  ConnectService& operator=(const ConnectService&) = delete;
  std::optional<HttpReply> Screen(const HttpRequest& head) const override;
  HttpReply Handle(const HttpRequest& request) const override;

 private:
  const ServiceContext context_;
  const GuardOptions guard_;
  const OperationContext operation_;
  Router router_;
};

}  // namespace foreset::server
