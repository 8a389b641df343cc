// SPDX-License-Identifier: MIT
#include "foreset/cli/init_command.h"

#include <filesystem>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/init/debezium_connector.h"
#include "foreset/cli/init/init_answers.h"
#include "foreset/cli/output/print.h"

namespace foreset::cli {
namespace {

struct InitOptions {
  std::string file = "foreset.yaml";
  std::string debezium;
  bool force = false;
  bool ask_nothing = false;
  InitAnswers answers;
};

// The flag's value, else an answer, else the default.
void Settle(std::string& answer, std::string_view question, std::string_view otherwise, bool ask,
            Context& context) {
  if (!answer.empty()) return;
  if (ask) {
    context.err << fmt::format("{} [{}]: ", question, otherwise) << std::flush;
    std::getline(context.in, answer);
  }
  if (answer.empty()) answer = otherwise;
}

void SettleAll(InitAnswers& answers, bool ask, Context& context) {
  Settle(answers.host, "Host of the MySQL or MariaDB server", "127.0.0.1", ask, context);
  Settle(answers.port, "Port", "3306", ask, context);
  Settle(answers.user, "User", "foreset", ask, context);
  if (answers.tables.empty()) {
    std::string tables;
    Settle(tables, "Tables, as database.table with * for any", "online_store.*", ask, context);
    answers.tables.push_back(tables);
  }
  const std::string database = answers.tables.front().substr(0, answers.tables.front().find('.'));
  Settle(answers.name, "Name of the pipeline", database == "*" ? "foreset" : database, ask,
         context);
  Settle(answers.lake, "Directory of the lake", "lake", ask, context);
}

void Tell(const ConnectorMapping& mapping, std::ostream& err) {
  const auto list = [&](MappedFate fate, std::string_view title, std::string_view between) {
    for (const MappedOption& option : mapping.options) {
      if (option.fate != fate) continue;
      PrintTo(err, "{}  {}{}{}\n", AsIs{std::string(title)}, option.key, between, option.text);
      title = "";
    }
  };
  list(MappedFate::kTaken, "Taken over:\n", " → ");
  list(MappedFate::kNotNeeded, "Not needed:\n", ": ");
  list(MappedFate::kRefused, "Not taken over:\n", ": ");
}

void FillFrom(const InitAnswers& mapped, InitAnswers& answers) {
  const auto fill = [](std::string& to, const std::string& from) {
    if (to.empty()) to = from;
  };
  fill(answers.name, mapped.name);
  fill(answers.host, mapped.host);
  fill(answers.port, mapped.port);
  fill(answers.user, mapped.user);
  fill(answers.server_id, mapped.server_id);
  fill(answers.tls_mode, mapped.tls_mode);
  if (answers.tables.empty()) answers.tables = mapped.tables;
  if (answers.exclude.empty()) answers.exclude = mapped.exclude;
}

Status Write(const std::string& path, const std::string& shown, const std::string& text,
             bool force) {
  std::error_code ignored;
  if (!force && std::filesystem::exists(path, ignored)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("{} is there already", shown),
               "Name another file with --file, or replace it with --force.");
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (file.flush()) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed,
             fmt::format("{} could not be written", shown));
}

// What is written must be read: a wrong flag is told now, with the line that it made.
Status CheckText(const std::string& text, const std::string& file, const Context& context) {
  const auto environment = [](const std::string& name) {
    return name.starts_with("FORESET_") ? std::nullopt : std::optional<std::string>("set");
  };
  RETURN_IF_ERROR(ParseConfiguration(text, file,
                                     {.environment = environment,
                                      .read_file = context.read_file,
                                      .overrides = {},
                                      .working_directory = context.working_directory}));
  return {};
}

Result<int> Init(InitOptions options, Context& context) {
  if (!options.debezium.empty()) {
    const auto path = std::filesystem::path(context.working_directory) / options.debezium;
    const auto json = context.read_file(path.string());
    if (!json) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorUnreadable,
                 fmt::format("{}: {}", options.debezium, json.error().message));
    }
    const ConnectorMapping mapping = TRY(MapConnector(*json, options.debezium));
    FillFrom(mapping.answers, options.answers);
    Tell(mapping, context.err);
  }
  const bool ask = context.terminal.in && context.terminal.err && !options.ask_nothing;
  SettleAll(options.answers, ask, context);
  const std::string text = WriteConfiguration(options.answers);
  RETURN_IF_ERROR(CheckText(text, options.file, context));
  const auto path = std::filesystem::path(context.working_directory) / options.file;
  RETURN_IF_ERROR(Write(path.string(), options.file, text, options.force));
  PrintTo(context.err,
          "{0} is written. Next:\n  export {1}=…\n  foreset doctor -c {0}\n  foreset run -c {0}\n",
          options.file, options.answers.password_variable);
  return kExitOk;
}

void AddOptions(CLI::App& command, InitOptions& options) {
  InitAnswers& answers = options.answers;
  command.add_option("-f,--file", options.file, "File to write")->capture_default_str();
  command.add_flag("--force", options.force, "Replace the file");
  command.add_flag("-y,--yes", options.ask_nothing, "Ask nothing: flags and defaults");
  command
      .add_option("--from-debezium", options.debezium,
                  "Take over a Debezium MySQL connector's configuration")
      ->type_name("connector.json");
  command.add_option("--name", answers.name, "Name of the pipeline");
  command.add_option("--host", answers.host, "Host of the server");
  command.add_option("--port", answers.port, "Its port");
  command.add_option("--user", answers.user, "User that captures");
  command
      .add_option("--password-env", answers.password_variable,
                  "Environment variable that holds the password")
      ->capture_default_str();
  command.add_option("--tables", answers.tables, "Tables, as globs over database.table")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--exclude", answers.exclude, "Tables to leave out, the same way")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--lake", answers.lake, "Directory of the lake")->type_name("DIR");
}

}  // namespace

void RegisterInit(CLI::App& app, Context& context) {
  auto options = std::make_shared<InitOptions>();
  CLI::App* command = app.add_subcommand("init", "Write foreset.yaml from flags or answers");
  command->group(kGroupSetUp);
  AddOptions(*command, *options);
  command->footer(R"(On a terminal it asks for what no flag says; elsewhere it takes defaults.
No password is ever written: the file names the environment variable that holds it.

Examples:
  foreset init --host db.example.org --user foreset --tables "shop.*" --lake /data/lake
  foreset init --from-debezium connector.json)");
  command->callback([options, &context] {
    context.chosen = [options, &context] { return Init(*options, context); };
  });
}

}  // namespace foreset::cli
