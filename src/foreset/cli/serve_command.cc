// SPDX-License-Identifier: MIT
#include "foreset/cli/serve_command.h"

#include <memory>
#include <string>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/context.h"
#include "foreset/cli/operation/operation_server.h"
#include "foreset/cli/until_stopped.h"

namespace foreset::cli {
namespace {

struct ServeArguments {
  std::string configuration;
  ListenArguments listen{
      .listen = "127.0.0.1:9321", .hosts = {}, .tls_cert = {}, .tls_key = {}, .token_file = {}};
  std::chrono::milliseconds max_lag = kDefaultMaxLag;
};

Result<int> Serve(const ServeArguments& arguments, Context& context) {
  const std::stop_token stop = context.catch_signals();
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  const auto server = TRY(OperationServer::Start(arguments.listen, arguments.max_lag, configuration,
                                                 context, std::nullopt));
  WaitUntilStopped(stop);
  return kExitOk;
}

}  // namespace

void RegisterServe(Command app, Context& context) {
  auto arguments = std::make_shared<ServeArguments>();
  const Command command = app.AddCommand("serve", "Serve a lake's status, metrics and readiness");
  command.Group(kGroupPipeline);
  AddConfigurationOption(command, arguments->configuration);
  AddOperationOptions(command, arguments->listen, arguments->max_lag, "Where to listen");
  command.Footer(
      R"(Reads the lake's tables, whoever runs it, and looks at the source every few seconds;
changes nothing. `foreset run --listen` serves the same, and what only the run knows.
Endpoints: /livez, /readyz, /metrics, /api/v1/status, /api/v1/loggers; / lists them. Other
addresses than loopback need --tls-cert, --tls-key and --token-file.

Examples:
  foreset serve -c foreset.yaml
  curl localhost:9321/readyz
  foreset status --url http://127.0.0.1:9321)");
  command.OnRun([arguments, &context] { return Serve(*arguments, context); });
}

}  // namespace foreset::cli
