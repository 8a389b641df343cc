// SPDX-License-Identifier: MIT
#include "foreset/cli/connect_command.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/connector/mysql_plugin.h"
#include "foreset/cli/context.h"
#include "foreset/cli/listen_options.h"
#include "foreset/cli/until_stopped.h"
#include "foreset/cli/wiring.h"
#include "foreset/server/connect_service.h"
#include "foreset/server/http_server.h"
#include "foreset/storage/lake_lock.h"

namespace foreset::cli {
namespace {

struct ConnectArguments {
  std::string configuration;
  std::string state;
  ListenArguments listen{
      .listen = "127.0.0.1:8083", .hosts = {}, .tls_cert = {}, .tls_key = {}, .token_file = {}};
};

// --state, else foreset/connect below XDG's state home.
std::string StateDirectory(const ConnectArguments& arguments, const Context& context) {
  if (!arguments.state.empty()) {
    return (std::filesystem::path(context.working_directory) / arguments.state)
        .lexically_normal()
        .string();
  }
  return StateFolder(context) + "/connect";
}

server::Plugins PluginsOf(const Configuration& base, const Context& context) {
  server::Plugins plugins;
  for (const char* name : {"io.debezium.connector.mysql.MySqlConnector",
                           "io.debezium.connector.mariadb.MariaDbConnector"}) {
    plugins.push_back(std::make_unique<MySqlPlugin>(name, base, context));
  }
  return plugins;
}

Result<int> Connect(const ConnectArguments& arguments, Context& context) {
  const std::stop_token stop = context.catch_signals();
  const Configuration base = TRY(LoadConfiguration(arguments.configuration, context));
  const auto listen = TRY(ListenOptionsOf(arguments.listen));
  auto guard = TRY(GuardOptionsOf(arguments.listen, listen.host, context));
  const std::string state = StateDirectory(arguments, context);
  auto store = TRY(server::ConnectorStore::Open(state));
  // Two servers with one state directory would run every connector twice.
  const auto lock = TRY(LakeLock::Acquire(state + "/lock"));
  const auto registry =
      TRY(server::ConnectorRegistry::Open(PluginsOf(base, context), std::move(store)));
  const server::ConnectService service({.registry = *registry,
                                        .clock = context.clock,
                                        .worker = {arguments.listen.listen, FORESET_VERSION}},
                                       std::move(guard));
  const auto served = TRY(server::HttpServer::Listen(listen, service));
  Info("listening on {}://{}, port {}; connectors are kept in {}",
       listen.tls_cert.empty() ? "http" : "https", listen.host, served->port(), state);
  WaitUntilStopped(stop);
  return kExitOk;
}

void AddConnectOptions(Command command, ConnectArguments& arguments) {
  AddConfigurationOption(command, arguments.configuration);
  AddListenOptions(command, arguments.listen, "Where to listen");
  command
      .AddOption("--state", arguments.state,
                 "Directory that keeps the connectors (default: foreset/connect below "
                 "$XDG_STATE_HOME)")
      .ValueName("DIR");
}

}  // namespace

void RegisterConnect(Command app, Context& context) {
  auto arguments = std::make_shared<ConnectArguments>();
  const Command command =
      app.AddCommand("connect", "Serve Kafka Connect's REST interface: connectors as pipelines");
  command.Group(kGroupPipeline);
  AddConnectOptions(command, *arguments);
  command.Footer(
      R"(POST a Debezium MySQL or MariaDB connector to /connectors, as to Kafka Connect: its
options say what is captured, the configuration file says into which lake. With {connector} in
the lake's locations every connector has a lake of its own. Connectors are kept and go on after
a restart. Other addresses than loopback need --tls-cert, --tls-key and --token-file.

Examples:
  foreset connect -c foreset.yaml
  curl -H 'Content-Type: application/json' -d @mysql-connector.json localhost:8083/connectors
  curl localhost:8083/connectors/mysql-connector/status)");
  command.OnRun([arguments, &context] { return Connect(*arguments, context); });
}

}  // namespace foreset::cli
