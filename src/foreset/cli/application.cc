// SPDX-License-Identifier: MIT
#include "foreset/cli/application.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "foreset/base/message_look.h"
#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command_line.h"
#include "foreset/cli/completion_command.h"
#include "foreset/cli/connect_command.h"
#include "foreset/cli/csv_load_command.h"
#include "foreset/cli/doctor_command.h"
#include "foreset/cli/error_report.h"
#include "foreset/cli/explain_command.h"
#include "foreset/cli/filter_command.h"
#include "foreset/cli/generate_command.h"
#include "foreset/cli/init_command.h"
#include "foreset/cli/migrate_command.h"
#include "foreset/cli/output/broken_pipe.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/progress_command.h"
#include "foreset/cli/quarantine_command.h"
#include "foreset/cli/reset_command.h"
#include "foreset/cli/row_command.h"
#include "foreset/cli/run_command.h"
#include "foreset/cli/schema_command.h"
#include "foreset/cli/serve_command.h"
#include "foreset/cli/sql_command.h"
#include "foreset/cli/status_command.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/verify_command.h"
#include "foreset/cli/warehouse_command.h"

namespace foreset::cli {
namespace {

constexpr const char* kDescription =
    "Foreset keeps Delta Lake tables in step with a MySQL or MariaDB database.\n"
    "It reads the server's binlog and writes three layers: bronze (every change),\n"
    "silver (the rows as they are) and gold (current and history tables).\n";

constexpr const char* kFooter =
    R"(Start here:
  foreset init                                write foreset.yaml, with questions
  foreset doctor -c foreset.yaml              check the server, and see fixes
  foreset run -c foreset.yaml                 copy, then follow; Ctrl-C ends it cleanly
  foreset verify -c foreset.yaml              prove that the lake equals the source

Look around:
  foreset table ls lake/silver
  foreset table cat lake/silver/Customers --where "CustomerID = 7"
  foreset table diff lake/silver/Customers --from 3 --to 5
  foreset row silver/Customers 7 -c foreset.yaml
  foreset sql "SELECT count(*) FROM Orders" -c foreset.yaml

Data go to standard output, messages to standard error. Exit codes: 0 ok, 1 failed,
2 usage, 3 verification mismatch, 4 warnings, 69 unavailable, 75 try again,
77 access denied, 78 configuration, 130 interrupted (Ctrl-C ends run, serve and connect
with 0). `foreset explain E1101` explains an error; `foreset COMMAND --help` shows a
command's options and examples.
Every configuration key can be given as --set KEY=VALUE or as an environment variable:
source.mysql.port is FORESET_SOURCE_MYSQL_PORT. A flag wins over the environment, the
environment over the file.)";

void AddGlobalOptions(Command app, Context& context) {
  GlobalOptions& options = context.options;
  app.AddFlag("-v,--verbose", options.verbose, "More messages");
  app.AddFlag("-q,--quiet", options.quiet, "Only warnings and errors");
  app.AddOption(
         "--log-format",
         [&options](const std::string& format) { options.json_messages = format == "json"; },
         "Messages on standard error as text or json")
      .Among({"text", "json"})
      .ValueName("");
  app.AddFlag(
      "--no-color", [&options] { options.colour = false; }, "No colours (as does NO_COLOR)");
  const auto has_equals = [](const std::string& setting) {
    return setting.find('=') == std::string::npos ? "wants KEY=VALUE" : std::string();
  };
  app.AddOption(
         "--set",
         [&options](const std::vector<std::string>& settings) {
           for (const std::string& setting : settings) {
             const std::size_t equals = setting.find('=');
             options.overrides[setting.substr(0, equals)] = setting.substr(equals + 1);
           }
         },
         "Override a configuration key")
      .Check(has_equals)
      .ValueName("KEY=VALUE")
      .OnePerUse();
}

void RegisterCommands(Command app, Context& context) {
  RegisterInit(app, context);
  RegisterSchema(app, context);
  RegisterDoctor(app, context);
  RegisterCompletion(app, context);
  RegisterRun(app, context);
  RegisterServe(app, context);
  RegisterConnect(app, context);
  RegisterStatus(app, context);
  RegisterVerify(app, context);
  RegisterProgress(app, context);
  RegisterTable(app, context);
  RegisterRow(app, context);
  RegisterSql(app, context);
  RegisterReset(app, context);
  RegisterQuarantine(app, context);
  RegisterExplain(app, context);
  RegisterGenerate(app, context);
  RegisterCsvLoad(app, context);
  RegisterFilter(app, context);
  RegisterMigrate(app, context);
  RegisterWarehouse(app, context);
}

// `foreset help run` is `foreset run --help`.
void TranslateHelp(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "help") return;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
}

// `foreset man table cat` asks for the page of "foreset table cat": words of their own would
// be taken for the commands.
void TranslateMan(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "man") return;
  std::string page = "foreset";
  const auto is_word = [](const std::string& argument) { return !argument.starts_with('-'); };
  for (auto word = arguments.begin() + 1; word != arguments.end(); ++word) {
    if (is_word(*word)) page += " " + *word;
  }
  arguments.erase(std::remove_if(arguments.begin() + 1, arguments.end(), is_word), arguments.end());
  arguments.push_back(std::move(page));
}

// The lines of a message that stands behind its time and level.
std::string LaidOut(std::string_view message, std::size_t cells) {
  constexpr std::size_t kTimeAndLevel = std::string_view("2026-01-31T10:00:00.000Z I").size();
  constexpr std::size_t kHang = 4;
  const std::string line = std::string(kTimeAndLevel, 'x') + " " + std::string(message);
  const std::string lines = WrapText(line, cells, kHang);
  return lines.substr(kTimeAndLevel + (lines[kTimeAndLevel] == ' ' ? 1 : 0));
}

void ConfigureFrom(const Context& context) {
  const GlobalOptions& options = context.options;
  const MessageLevel level = options.verbose > 0 ? MessageLevel::kDebug
                             : options.quiet     ? MessageLevel::kWarning
                                                 : MessageLevel::kInfo;
  ConfigureMessages(level, options.json_messages ? MessageFormat::kJson : MessageFormat::kText);
  const Terminal& terminal = context.terminal;
  MessageLook look{.colour = options.colour, .lay_out = nullptr};
  if (terminal.err) {
    look.lay_out = [columns = terminal.err_columns](std::string_view message) {
      return LaidOut(message, static_cast<std::size_t>(columns()));
    };
  }
  SetMessageLook(std::move(look));
}

// Output that nobody reads any more is nothing to complain of; the exit code says it all the same.
// What a signal has interrupted ends with the signal's.
int Report(const Error& error, Context& context) {
  const bool unread = error.code == ErrorCode::kOutputFailed && ReaderIsGone();
  const int exit_code = unread ? ExitCodeOf(error) : ReportError(error, context);
  const int signal = error.kind == ErrorKind::kCancelled ? context.caught_signal() : 0;
  return signal == 0 ? exit_code : ExitCodeOfSignal(signal);
}

int Carry(const Command::Run& run, Context& context) {
  ConfigureFrom(context);
  if (!run) return kExitOk;
  auto exit_code = run();
  if (!exit_code) return Report(exit_code.error(), context);
  if (context.out.flush()) return *exit_code;
  return Report(
      {ErrorKind::kTransient, ErrorCode::kOutputFailed, "cannot write to standard output", ""},
      context);
}

}  // namespace

int RunApplication(std::vector<std::string> arguments, Context& context) {
  CommandLine line("foreset", kDescription);
  const Command program = line.program();
  program.Footer(kFooter);
  AddGlobalOptions(program, context);
  RegisterCommands(program, context);
  TranslateHelp(arguments);
  TranslateMan(arguments);
  if (arguments.empty()) arguments.emplace_back("--help");
  const auto request = line.Parse(std::move(arguments));
  if (!request) return ReportError(request.error(), context);
  switch (request->kind) {
    case Request::Kind::kHelp:
      context.out << ReflowText(request->help, OutPage(context).cells) << std::flush;
      return kExitOk;
    case Request::Kind::kVersion:
      context.out << "foreset " FORESET_VERSION "\n" << std::flush;
      return kExitOk;
    case Request::Kind::kCommand:
      break;
  }
  return Carry(request->run, context);
}

}  // namespace foreset::cli
