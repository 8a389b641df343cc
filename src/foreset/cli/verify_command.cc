// SPDX-License-Identifier: MIT
#include "foreset/cli/verify_command.h"

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/output/aligned_lines.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/wiring.h"
#include "foreset/cli/work_progress.h"
#include "foreset/pipeline/verify.h"

namespace foreset::cli {
namespace {

using pipeline::Comparison;
using pipeline::VerifyReport;

struct VerifyArguments {
  std::string configuration;
  std::vector<std::string> tables;
  int wait_seconds = 30;
  std::string output = "table";
};

std::string_view ComparisonVerdict(const Comparison& comparison) {
  if (!comparison.compared) return "not compared";
  return comparison.equal() ? "equal" : "DIFFERENT";
}

std::string VerifyConclusion(const VerifyReport& report) {
  const char* const what =
      report.source_compared ? "source and lake" : "bronze and the layers above";
  std::string said;
  if (report.differs()) {
    said = report.source_compared ? "SOURCE AND LAKE DIFFER" : "BRONZE AND THE LAYERS ABOVE DIFFER";
  } else if (report.tables.empty()) {
    said = "nothing was compared";
  } else {
    said = fmt::format("{}{} are equal", report.uncompared.empty() ? "" : "what was compared of ",
                       what);
  }
  if (!report.uncompared.empty()) {
    said += fmt::format("; {} tables could not be compared", report.uncompared.size());
  }
  if (!report.source_compared) {
    said += " (the source was not compared: name it as source.mysql beside source.kafka)";
  }
  return said;
}

// Nothing but what comes by itself: ask again.
bool IsOnlyBehind(const VerifyReport& report) {
  return std::ranges::all_of(report.uncompared, [](const auto& uncompared) {
    return uncompared.why.kind == ErrorKind::kTransient;
  });
}

int VerifyExitCode(const VerifyReport& report) {
  constexpr int kFailed = 1;
  constexpr int kTryAgain = 75;
  if (report.differs()) return kExitMismatch;
  if (report.equal()) return kExitOk;
  return IsOnlyBehind(report) ? kTryAgain : kFailed;
}

void WriteText(const VerifyReport& report, const Page& page) {
  AlignedLines lines({{"table", 40, false},
                      {"source rows", 12, true},
                      {"lake rows", 12, true},
                      {"verdict", 12, false},
                      {"checksum", 0, false}});
  for (const auto& verdict : report.tables) {
    for (const Comparison& comparison : verdict.comparisons) {
      std::vector<std::string> cells{comparison.table, fmt::to_string(comparison.source.rows),
                                     fmt::to_string(comparison.lake.rows),
                                     std::string(ComparisonVerdict(comparison))};
      if (comparison.compared) cells.push_back(comparison.lake.Checksum());
      lines.Row(std::move(cells), comparison.compared ? "" : comparison.note);
      for (const auto& difference : comparison.differences) {
        lines.Line(fmt::format("    {}: {}", difference.what, difference.key));
      }
      if (comparison.compared && !comparison.note.empty()) lines.Line("    " + comparison.note);
    }
  }
  lines.WriteTo(page);
  for (const auto& [table, why] : report.uncompared) {
    PrintTo(page, "{:<40} NOT COMPARED: {}\n    {}\n", table.ToString(), why.ToString(),
            why.NextStep());
  }
  PrintTo(page, "{} at {}\n", VerifyConclusion(report), report.position.ToString());
}

void WriteComparison(const Comparison& comparison, JsonWriter& json) {
  json.BeginObject()
      .Member("table", comparison.table)
      .Member("verdict", ComparisonVerdict(comparison));
  json.Member("source_rows", static_cast<std::int64_t>(comparison.source.rows));
  json.Member("lake_rows", static_cast<std::int64_t>(comparison.lake.rows));
  json.Member("source_checksum", comparison.source.Checksum());
  json.Member("lake_checksum", comparison.lake.Checksum());
  if (!comparison.note.empty()) json.Member("note", comparison.note);
  json.Key("differences").BeginArray();
  for (const auto& difference : comparison.differences) {
    json.BeginObject().Member("key", difference.key).Member("what", difference.what).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteJson(const VerifyReport& report, std::ostream& out) {
  JsonWriter json;
  json.BeginObject()
      .Member("schema", "foreset.verify.v1")
      .Member("equal", report.equal() && !report.tables.empty());
  json.Member("source_compared", report.source_compared);
  json.Key("position").Raw(ToJson(report.position)).Key("comparisons").BeginArray();
  for (const auto& verdict : report.tables) {
    for (const Comparison& comparison : verdict.comparisons) WriteComparison(comparison, json);
  }
  json.EndArray().Key("uncompared").BeginArray();
  for (const auto& [table, why] : report.uncompared) {
    json.BeginObject().Member("table", table.ToString()).Member("code", FormatCode(why.code));
    json.Member("message", why.message).Member("next", why.NextStep()).EndObject();
  }
  json.EndArray().Key("stopped").BeginArray();
  for (const auto& [table, why] : report.uncompared) {
    if (why.kind == ErrorKind::kTransient) continue;
    json.String(fmt::format("{}: {}", table.ToString(), why.ToString()));
  }
  json.EndArray().EndObject();
  out << json.Take() << "\n";
}

// Topics cannot be asked what the tables hold; the server behind them can, when it is named.
Result<VerifyReport> Compare(const Configuration& configuration, const Context& context,
                             const pipeline::VerifyOptions& wanted) {
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  const lake::RuleConfig rules = RulesOf(configuration);
  const std::stop_token stop;  // never: what only reads ends at once
  const auto tell = [](const TableId& table) { Debug("comparing {}", table.ToString()); };
  if (configuration.kafka && !configuration.mysql) {
    return pipeline::VerifyAgainstBronze(lake, rules, wanted, tell, stop);
  }
  const auto source = TRY(OpenRows(configuration, context));
  return pipeline::Verify(*source, lake, rules, wanted, tell, stop);
}

Result<int> Verify(const VerifyArguments& arguments, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  WorkProgress progress(context, "rows");
  const pipeline::VerifyOptions wanted{.tables = arguments.tables,
                                       .wait = std::chrono::seconds(arguments.wait_seconds),
                                       .board = progress.board()};
  const VerifyReport report = TRY(Compare(configuration, context, wanted));
  progress.Finish();
  for (const auto& [table, why] : report.uncompared) {
    Warn("{} was not compared: {}", table.ToString(), why.ToString());
  }
  if (arguments.output == "json") {
    WriteJson(report, context.out);
  } else {
    WriteText(report, OutPage(context));
  }
  return VerifyExitCode(report);
}

}  // namespace

void RegisterVerify(Command app, Context& context) {
  auto arguments = std::make_shared<VerifyArguments>();
  const Command command = app.AddCommand("verify", "Prove that the lake equals the source");
  command.Group(kGroupPipeline);
  AddConfigurationOption(command, arguments->configuration);
  command.AddOption("TABLE", arguments->tables, "Tables to compare; none: all");
  command
      .AddOption("--wait", arguments->wait_seconds,
                 "Seconds to wait for the lake to reach the source's position")
      .ShowDefault();
  command.AddOption("-o,--output", arguments->output, "table or json")
      .Among({"table", "json"})
      .ShowDefault();
  command.Footer(
      "Compares counts and checksums over every column of every row, at one position of the\n"
      "source, while both go on: silver, each gold current table, and the rows that\n"
      "each history folds to. Exit code 0: equal, 3: different (the keys are shown), 1: a table\n"
      "stopped or cannot be read, 75: the lake has not reached the source's position yet.");
  command.OnRun([arguments, &context] { return Verify(*arguments, context); });
}

}  // namespace foreset::cli
