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

#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/init/debezium_connector.h"
#include "foreset/cli/init/init_answers.h"
#include "foreset/cli/init/init_questions.h"
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

using Check = std::string (*)(const std::string&);

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return text;
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

struct Question {
  std::string_view text;
  std::string otherwise;
  Check what_is_wrong;
};

// Asks again until the answer will do; nothing typed, and the end of what is typed, are the
// default.
std::string Ask(const Question& question, Context& context) {
  std::string answer;
  while (true) {
    context.err << fmt::format("{} [{}]: ", question.text, question.otherwise) << std::flush;
    if (!std::getline(context.in, answer) || answer.empty()) return question.otherwise;
    answer = Trimmed(answer);
    const std::string wrong = question.what_is_wrong(answer);
    if (wrong.empty()) return answer;
    PrintTo(ErrPage(context), "  {}.\n", wrong);
  }
}

// The flag's value, else an answer, else the default.
void Settle(std::string& answer, const Question& question, bool ask, Context& context) {
  if (!answer.empty()) return;
  answer = ask ? Ask(question, context) : question.otherwise;
}

void SettleAll(InitAnswers& answers, bool ask, Context& context) {
  Settle(answers.host, {"Host of the MySQL or MariaDB server", "127.0.0.1", WhatIsNoHost}, ask,
         context);
  Settle(answers.port, {"Port", "3306", WhatIsNoPort}, ask, context);
  Settle(answers.user, {"User", "foreset", WhatIsNoName}, ask, context);
  if (answers.tables.empty()) {
    std::string tables;
    Settle(tables, {"Tables, as database.table with * for any", "online_store.*", WhatAreNoGlobs},
           ask, context);
    answers.tables = GlobsOf(tables);
  }
  std::string database = answers.tables.front().substr(0, answers.tables.front().find('.'));
  if (database.find('*') != std::string::npos) database = "foreset";
  Settle(answers.name, {"Name of the pipeline", database, WhatIsNoName}, ask, context);
  Settle(answers.lake, {"Directory of the lake", "lake", WhatIsNoLake}, ask, context);
}

void TellMapping(const ConnectorMapping& mapping, const Page& page) {
  const auto list = [&](MappedFate fate, std::string_view title, std::string_view between) {
    for (const MappedOption& option : mapping.options) {
      if (option.fate != fate) continue;
      PrintTo(page, "{}  {}{}{}\n", AsIs{std::string(title)}, option.key, between, option.text);
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

// Before anything is asked.
Status CheckFree(const std::string& path, const std::string& shown, bool force) {
  std::error_code ignored;
  if (force || !std::filesystem::exists(path, ignored)) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, fmt::format("{} is there already", shown),
             "Name another file with --file, or replace it with --force.");
}

Status Write(const std::string& path, const std::string& shown, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (file.flush()) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed,
             fmt::format("cannot write {}", shown));
}

// What is written must be read: flags and answers were checked, a connector's values were not.
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
  const std::string path =
      (std::filesystem::path(context.working_directory) / options.file).string();
  RETURN_IF_ERROR(CheckFree(path, options.file, options.force));
  if (!options.debezium.empty()) {
    const auto connector = std::filesystem::path(context.working_directory) / options.debezium;
    const auto json = context.read_file(connector.string());
    if (!json) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorUnreadable,
                 fmt::format("{}: {}", options.debezium, json.error().message));
    }
    const ConnectorMapping mapping = TRY(MapConnector(*json, options.debezium));
    FillFrom(mapping.answers, options.answers);
    TellMapping(mapping, ErrPage(context));
  }
  const bool ask = context.terminal.in && context.terminal.err && !options.ask_nothing;
  SettleAll(options.answers, ask, context);
  const std::string text = WriteConfiguration(options.answers);
  RETURN_IF_ERROR(CheckText(text, options.file, context));
  RETURN_IF_ERROR(Write(path, options.file, text));
  const auto schema = std::filesystem::path(path).replace_filename(kSchemaFile).string();
  RETURN_IF_ERROR(Write(schema, kSchemaFile, ConfigurationSchema() + "\n"));
  PrintTo(ErrPage(context),
          "{0} is written, and {2} beside it, by which editors complete and check it. "
          "Next:\n  export {1}=…\n  foreset doctor -c {0}\n  foreset run -c {0}\n",
          options.file, options.answers.password_variable, kSchemaFile);
  return kExitOk;
}

void AddInitOptions(Command command, InitOptions& options) {
  InitAnswers& answers = options.answers;
  command.AddOption("-f,--file", options.file, "File to write").ShowDefault();
  command.AddFlag("--force", options.force, "Replace the file");
  command.AddFlag("-y,--yes", options.ask_nothing, "Ask no questions: use flags and defaults");
  command
      .AddOption("--from-debezium", options.debezium,
                 "Take over a Debezium MySQL connector's configuration")
      .ValueName("connector.json");
  command.AddOption("--name", answers.name, "Name of the pipeline").Check(WhatIsNoName);
  command.AddOption("--host", answers.host, "Host of the server").Check(WhatIsNoHost);
  command.AddOption("--port", answers.port, "Its port").Check(WhatIsNoPort);
  command.AddOption("--user", answers.user, "User that captures").Check(WhatIsNoName);
  command
      .AddOption("--password-env", answers.password_variable,
                 "Environment variable that holds the password")
      .Check(WhatIsNoVariable)
      .ShowDefault();
  command.AddOption("--tables", answers.tables, "Tables, as globs over database.table")
      .SplitAt(',')
      .Check(WhatIsNoGlob)
      .OnePerUse();
  command.AddOption("--exclude", answers.exclude, "Tables to leave out, the same way")
      .SplitAt(',')
      .Check(WhatIsNoGlob)
      .OnePerUse();
  command.AddOption("--lake", answers.lake, "Directory of the lake")
      .ValueName("DIR")
      .Check(WhatIsNoLake);
}

}  // namespace

void RegisterInit(Command app, Context& context) {
  auto options = std::make_shared<InitOptions>();
  const Command command = app.AddCommand("init", "Write foreset.yaml from flags or answers");
  command.Group(kGroupSetUp);
  AddInitOptions(command, *options);
  command.Footer(
      R"(On a terminal it asks for what no flag says, and again when an answer will not do; else it
takes defaults.
No password is ever written: the file names the environment variable that holds it.

Examples:
  foreset init --host db.example.org --user foreset --tables "shop.*" --lake /data/lake
  foreset init --from-debezium connector.json)");
  command.OnRun([options, &context] { return Init(*options, context); });
}

}  // namespace foreset::cli
