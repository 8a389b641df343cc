// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/cli/listen_options.h"
#include "foreset/cli/operation/lake_watch.h"
#include "foreset/server/http_server.h"
#include "foreset/server/operation/operation_service.h"

namespace foreset::cli {

// Serves the state of one lake over HTTP until it is destroyed.
class OperationServer {
 public:
  // `configuration`, `context` and what `run` names outlive it. kListenFailed, and errors as of the
  // listening options.
  static Result<std::unique_ptr<OperationServer>> Start(const ListenArguments& arguments,
                                                        std::chrono::milliseconds max_lag,
                                                        const Configuration& configuration,
                                                        const Context& context,
                                                        std::optional<RunView> run);

 private:
  OperationServer() = default;

  std::unique_ptr<LakeWatch> watch_;
  std::unique_ptr<server::OperationService> service_;
  std::unique_ptr<server::HttpServer> http_;  // last: its threads use the others
};

// --listen and who may ask, and --max-lag; both arguments outlive parsing.
void AddOperationOptions(Command command, ListenArguments& listen,
                         std::chrono::milliseconds& max_lag, const std::string& what);
inline constexpr std::chrono::milliseconds kDefaultMaxLag{300'000};

}  // namespace foreset::cli
