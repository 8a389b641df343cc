// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/operation_server.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"

namespace foreset::cli {

Result<std::unique_ptr<OperationServer>> OperationServer::Start(const ListenArguments& arguments,
                                                                std::chrono::milliseconds max_lag,
                                                                const Configuration& configuration,
                                                                const Context& context,
                                                                std::optional<RunView> run) {
  const auto listen = TRY(ListenOptionsOf(arguments));
  auto guard = TRY(GuardOptionsOf(arguments, listen.host, context));
  std::unique_ptr<OperationServer> server(new OperationServer());
  server::OperationContext operation;
  if (run) operation.memory_limit_bytes = configuration.memory_limit_bytes;
  operation.max_lag_seconds = std::chrono::duration<double>(max_lag).count();
  operation.version = FORESET_VERSION;
  server->watch_ = TRY(LakeWatch::Start(configuration, context, std::move(run)));
  operation.health = [watch = server->watch_.get()] { return std::vector{watch->Health()}; };
  operation.status_json = [watch = server->watch_.get()] { return watch->StatusJson(); };
  server->service_ =
      std::make_unique<server::OperationService>(std::move(operation), std::move(guard));
  server->http_ = TRY(server::HttpServer::Listen(listen, *server->service_));
  Info("listening on {}://{}, port {}", listen.tls_cert.empty() ? "http" : "https", listen.host,
       server->http_->port());
  return server;
}

void AddOperationOptions(Command command, ListenArguments& listen,
                         std::chrono::milliseconds& max_lag, const std::string& what) {
  AddListenOptions(command, listen, what);
  const auto is_duration = [](const std::string& text) {
    return ParseDuration(text) ? std::string() : "wants a duration such as 5m";
  };
  command
      .AddOption(
          "--max-lag",
          [&max_lag](const std::string& text) { max_lag = ParseDuration(text).value_or(max_lag); },
          fmt::format("How far a layer may be behind before /readyz says so (default: {})",
                      FormatDuration(kDefaultMaxLag)))
      .Check(is_duration)
      .ValueName("DURATION");
}

}  // namespace foreset::cli
