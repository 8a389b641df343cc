// SPDX-License-Identifier: MIT
#include "foreset/server/connect_service.h"

#include <utility>

#include "foreset/server/resources/resources.h"

namespace foreset::server {

ConnectService::ConnectService(ServiceContext context, GuardOptions guard)
    : context_(std::move(context)), guard_(std::move(guard)) {
  AddWorkerResources(router_, context_);
  AddConnectorResources(router_, context_);
  AddConfigResources(router_, context_);
  AddStatusResources(router_, context_);
  AddStateResources(router_, context_);
  AddTaskResources(router_, context_);
  AddOffsetResources(router_, context_);
  AddTopicResources(router_, context_);
  AddPluginResources(router_, context_);
  AddLoggerResources(router_, context_);
}

HttpReply ConnectService::Handle(const HttpRequest& request) const {
  if (auto refused = RefuseRequest(request, guard_)) return *std::move(refused);
  return router_.Dispatch(request);
}

}  // namespace foreset::server
