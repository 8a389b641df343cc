// SPDX-License-Identifier: MIT
#include "foreset/cli/connect_command.h"

#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/connector/mysql_plugin.h"
#include "foreset/cli/context.h"
#include "foreset/cli/wiring.h"
#include "foreset/server/connect_service.h"
#include "foreset/server/http_server.h"
#include "foreset/storage/lake_lock.h"

namespace foreset::cli {
namespace {

struct ConnectArguments {
  std::string configuration;
  std::string listen = "127.0.0.1:8083";
  std::string state;
  std::vector<std::string> hosts;
  std::string tls_cert;
  std::string tls_key;
  std::string token_file;
};

// "127.0.0.1:8083", "[::1]:8083".
Result<server::ListenOptions> ListenOptionsOf(const ConnectArguments& arguments) {
  server::ListenOptions options;
  options.tls_cert = arguments.tls_cert;
  options.tls_key = arguments.tls_key;
  const std::size_t colon = arguments.listen.rfind(':');
  const std::string digits =
      colon == std::string::npos ? std::string() : arguments.listen.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), options.port);
  options.host = server::HostNameOf(arguments.listen.substr(0, colon));
  if (options.host.empty() || digits.empty() || error != std::errc() ||
      end != digits.data() + digits.size()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--listen {}: wants ADDRESS:PORT", arguments.listen));
  }
  if (arguments.tls_cert.empty() != arguments.tls_key.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "--tls-cert and --tls-key go together");
  }
  if (!server::IsLoopback(options.host) &&
      (arguments.tls_cert.empty() || arguments.token_file.empty())) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kListenUnsafe,
               fmt::format("{} can be reached from other machines", options.host));
  }
  return options;
}

Result<server::GuardOptions> GuardOptionsOf(const ConnectArguments& arguments,
                                            const std::string& listen_host,
                                            const Context& context) {
  server::GuardOptions guard;
  guard.hosts = {"localhost", "127.0.0.1", "::1", listen_host};
  for (const std::string& host : arguments.hosts) {
    guard.hosts.push_back(server::HostNameOf(host));
  }
  if (arguments.token_file.empty()) return guard;
  std::string token = TRY(context.read_file(arguments.token_file));
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  if (token.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--token-file {} is empty", arguments.token_file));
  }
  guard.token = Secret(std::move(token));
  return guard;
}

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

void WaitFor(const std::stop_token& stop) {
  Mutex mutex;
  Condition asked;
  const std::stop_callback wake(stop, [&] {
    const MutexLock lock(mutex);
    asked.WakeAll();
  });
  const MutexLock lock(mutex);
  while (!stop.stop_requested()) asked.Wait(mutex);
}

Result<int> Connect(const ConnectArguments& arguments, Context& context) {
  const Configuration base = TRY(LoadConfiguration(arguments.configuration, context));
  const auto listen = TRY(ListenOptionsOf(arguments));
  auto guard = TRY(GuardOptionsOf(arguments, listen.host, context));
  const std::stop_token stop = context.catch_signals();
  const std::string state = StateDirectory(arguments, context);
  auto store = TRY(server::ConnectorStore::Open(state));
  // Two servers with one state directory would run every connector twice.
  const auto lock = TRY(LakeLock::Acquire(state + "/lock"));
  const auto registry =
      TRY(server::ConnectorRegistry::Open(PluginsOf(base, context), std::move(store)));
  const server::ConnectService service({.registry = *registry,
                                        .clock = context.clock,
                                        .worker = {arguments.listen, FORESET_VERSION}},
                                       std::move(guard));
  const auto served = TRY(server::HttpServer::Listen(
      listen, [&service](const server::HttpRequest& request) { return service.Handle(request); }));
  Info("listening on {}://{}, port {}; connectors are kept in {}",
       listen.tls_cert.empty() ? "http" : "https", listen.host, served->port(), state);
  WaitFor(stop);
  return kExitOk;
}

void AddOptions(CLI::App& command, ConnectArguments& arguments) {
  AddConfigurationOption(command, arguments.configuration);
  command.add_option("--listen", arguments.listen, "Where to listen")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command
      .add_option("--state", arguments.state,
                  "Directory that keeps the connectors (default: foreset/connect below "
                  "$XDG_STATE_HOME)")
      ->type_name("DIR");
  command
      .add_option("--host", arguments.hosts,
                  "A further name by which the server may be called; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--tls-cert", arguments.tls_cert, "Certificate, as a PEM file")
      ->type_name("FILE");
  command.add_option("--tls-key", arguments.tls_key, "Its key")->type_name("FILE");
  command
      .add_option("--token-file", arguments.token_file,
                  "File with the bearer token that every request must carry")
      ->type_name("FILE");
}

}  // namespace

void RegisterConnect(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<ConnectArguments>();
  CLI::App* command = app.add_subcommand(
      "connect", "Serve Kafka Connect's REST interface: connectors as pipelines");
  command->group(kGroupPipeline);
  AddOptions(*command, *arguments);
  command->footer(
      R"(POST a Debezium MySQL or MariaDB connector to /connectors, as to Kafka Connect: its
options say what is captured, the configuration file says into which lake. With {connector} in
the lake's locations every connector has a lake of its own. Connectors are kept and go on after
a restart. Other addresses than loopback need --tls-cert, --tls-key and --token-file.

Examples:
  foreset connect -c foreset.yaml
  curl -H 'Content-Type: application/json' -d @mysql-connector.json localhost:8083/connectors
  curl localhost:8083/connectors/mysql-connector/status)");
  command->callback([arguments, &context] {
    context.chosen = [arguments, &context] { return Connect(*arguments, context); };
  });
}

}  // namespace foreset::cli
