// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor_command.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/doctor/dimension_checks.h"
#include "foreset/cli/doctor/folder_checks.h"
#include "foreset/cli/doctor/lake_checks.h"
#include "foreset/cli/doctor/memory_check.h"
#include "foreset/cli/doctor/rule_checks.h"
#include "foreset/cli/doctor/sink_checks.h"
#include "foreset/cli/doctor/source_checks.h"
#include "foreset/cli/error_report.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

using mysql::CheckOutcome;
using mysql::ServerCheck;

struct DoctorOptions {
  std::string configuration;
  OutputFormat format = OutputFormat::kTable;
};

// A failure that kept further checks from being made, as a check of its own.
ServerCheck AsCheck(std::string name, const Error& error) {
  return {.name = std::move(name),
          .outcome = CheckOutcome::kFailed,
          .found = error.message,
          .fix = error.NextStep(),
          .code = error.code};
}

void CheckPlaces(const Configuration& configuration, Source& source,
                 std::vector<ServerCheck>& checks) {
  const auto tables = source.ListTables();
  if (!tables) return;  // other checks say why
  for (ServerCheck& check : CheckFolders(configuration.lake.layout, *tables)) {
    checks.push_back(std::move(check));
  }
}

void CheckServer(const Configuration& configuration, const Context& context,
                 std::vector<ServerCheck>& checks) {
  auto source = OpenServer(configuration, context);
  auto found = source ? (*source)->Check()
                      : Result<std::vector<ServerCheck>>(std::unexpected(source.error()));
  if (found) {
    checks.insert(checks.end(), found->begin(), found->end());
  } else {
    checks.push_back(AsCheck("source", found.error()));
    return;
  }
  for (ServerCheck& check : CheckServerBesideLake(configuration, context)) {
    checks.push_back(std::move(check));
  }
  CheckPlaces(configuration, **source, checks);
  if (const auto rows = (*source)->EstimateRows()) {
    checks.push_back(CheckMemory(LayoutOf(configuration), configuration.memory_limit_bytes, *rows));
  }
}

void CheckTopics(const Configuration& configuration, const Context& context,
                 std::vector<ServerCheck>& checks) {
  auto options = KafkaOptionsOf(configuration, context);
  if (!options) {
    checks.push_back(AsCheck("kafka", options.error()));
    return;
  }
  for (ServerCheck& check : kafka::KafkaSource(*std::move(options), context.clock).Check()) {
    checks.push_back(std::move(check));
  }
}

// As a backfill would find them: types and keys too.
void CheckTables(const Configuration& configuration, const Context& context,
                 std::vector<ServerCheck>& checks) {
  const auto source = OpenSource(configuration, context);
  const auto tables = source ? (*source)->BeginBackfill(1, SourceEpoch(0))
                             : Result<Backfill>(std::unexpected(source.error()));
  if (!tables) {
    checks.push_back(AsCheck("source tables", tables.error()));
    return;
  }
  checks.push_back(
      {.name = "source tables",
       .found = fmt::format("{} in {}", tables->tables.size(), configuration.delta->location)});
  CheckPlaces(configuration, **source, checks);
}

// A probe of the lake's places is taken away again, whatever comes.
Status CheckLakePlaces(const Configuration& configuration, Context& context,
                       std::vector<ServerCheck>& checks) {
  const std::stop_token stop = context.catch_signals();
  for (ServerCheck& check : CheckLake(configuration, context)) checks.push_back(std::move(check));
  return UnlessStopped(stop, "the check");
}

Result<std::vector<ServerCheck>> CheckAll(const Configuration& configuration, Context& context) {
  std::vector<ServerCheck> checks;
  if (auto supported = CheckSupported(configuration); !supported) {
    checks.push_back(AsCheck("configuration", supported.error()));
  } else {
    checks.push_back({.name = "configuration", .found = configuration.file});
  }
  if (configuration.kafka) CheckTopics(configuration, context, checks);
  if (configuration.delta) CheckTables(configuration, context, checks);
  const bool has_no_server = configuration.kafka || configuration.delta;
  if (configuration.mysql || !has_no_server) CheckServer(configuration, context, checks);
  if (configuration.kafka_sink) {
    for (ServerCheck& check : CheckSink(configuration)) checks.push_back(std::move(check));
  }
  std::vector<ServerCheck> rules = CheckSilverRules(configuration, context);
  for (ServerCheck& check : CheckDimensions(configuration, context)) {
    rules.push_back(std::move(check));
  }
  RETURN_IF_ERROR(CheckLakePlaces(configuration, context, checks));
  for (ServerCheck& check : rules) checks.push_back(std::move(check));
  return checks;
}

std::string Mark(CheckOutcome outcome, bool colour) {
  const auto [mark, sequence] = outcome == CheckOutcome::kOk        ? std::pair("✓", "32")
                                : outcome == CheckOutcome::kWarning ? std::pair("!", "33")
                                                                    : std::pair("✗", "31");
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", sequence, mark) : std::string(mark);
}

std::string_view NameOf(CheckOutcome outcome) {
  if (outcome == CheckOutcome::kOk) return "ok";
  return outcome == CheckOutcome::kWarning ? "warning" : "failed";
}

void PrintChecks(const std::vector<ServerCheck>& checks, const Context& context) {
  const bool colour = context.options.colour && context.terminal.out;
  for (const ServerCheck& check : checks) {
    PrintTo(OutPage(context), "{} {:<28} {}\n", AsIs{Mark(check.outcome, colour)}, check.name,
            check.found);
    if (check.outcome == CheckOutcome::kOk) continue;
    if (!check.wanted.empty()) PrintTo(OutPage(context), "    wanted  {}\n", check.wanted);
    if (!check.fix.empty()) PrintTo(OutPage(context), "    fix     {}\n", check.fix);
    if (check.outcome == CheckOutcome::kFailed) {
      PrintTo(OutPage(context), "    more    foreset explain {}\n", FormatCode(check.code));
    }
  }
}

Status WriteChecks(const std::vector<ServerCheck>& checks, OutputFormat format, Context& context) {
  ReportRows report({{"check", ReportType::kText},
                     {"outcome", ReportType::kText},
                     {"found", ReportType::kText},
                     {"wanted", ReportType::kText},
                     {"fix", ReportType::kText},
                     {"code", ReportType::kText}});
  const auto or_nothing = [](const std::string& text) {
    return text.empty() ? ReportRows::Value() : ReportRows::Value(text);
  };
  for (const ServerCheck& check : checks) {
    const bool failed = check.outcome == CheckOutcome::kFailed;
    report.Add({check.name, std::string(NameOf(check.outcome)), check.found,
                or_nothing(check.wanted), or_nothing(check.fix),
                failed ? ReportRows::Value(FormatCode(check.code)) : ReportRows::Value()});
  }
  return report.WriteTo(format, context);
}

// Of the first failure; else whether there are warnings.
int ChecksExitCode(const std::vector<ServerCheck>& checks) {
  int exit_code = kExitOk;
  for (const ServerCheck& check : checks) {
    if (check.outcome == CheckOutcome::kFailed) {
      return cli::ExitCodeOf(Error{ErrorKind::kInvalidInput, check.code, "", ""});
    }
    if (check.outcome == CheckOutcome::kWarning) exit_code = kExitWarnings;
  }
  return exit_code;
}

Result<int> Doctor(const DoctorOptions& options, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  const std::vector<ServerCheck> checks = TRY(CheckAll(configuration, context));
  if (options.format == OutputFormat::kTable) {
    PrintChecks(checks, context);
  } else {
    RETURN_IF_ERROR(WriteChecks(checks, options.format, context));
  }
  return ChecksExitCode(checks);
}

}  // namespace

void RegisterDoctor(Command app, Context& context) {
  auto options = std::make_shared<DoctorOptions>();
  const Command command =
      app.AddCommand("doctor", "Check source, sink and lake, and suggest fixes");
  command.Group(kGroupSetUp);
  AddConfigurationOption(command, options->configuration);
  AddOutputOption(command, options->format);
  command.Footer(
      R"(✓ is as it should be, ! works but deserves a look, ✗ keeps `foreset run` from working.
Nothing is changed (in the layers' places an object is written and deleted again): each fix is
yours to run. Exit code 0: all well, 4: warnings, else the
first failure's (69 unreachable, 77 access denied, 78 configuration).

Example:
  foreset doctor -c foreset.yaml)");
  command.OnRun([options, &context] { return Doctor(*options, context); });
}

}  // namespace foreset::cli
