// SPDX-License-Identifier: MIT
#include "foreset/cli/status_command.h"

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/time_text.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/named_file.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/listen_options.h"
#include "foreset/cli/operation/lake_status.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/server/operation/status_client.h"

namespace foreset::cli {
namespace {

struct StatusOptions {
  std::string configuration;
  std::string url;
  std::string token_file;
  std::string ca;
  bool offline = false;
  OutputFormat format = OutputFormat::kTable;
};

ReportRows Tables(const StatusReport& status) {
  ReportRows report({{"table", ReportType::kText},
                     {"state", ReportType::kText},
                     {"rows", ReportType::kInteger},
                     {"version", ReportType::kInteger},
                     {"batches_behind", ReportType::kInteger},
                     {"committed_at", ReportType::kTime},
                     {"position", ReportType::kText}});
  for (const StatusReport::Table& table : status.tables) {
    ReportRows::Value rows;
    if (table.rows) rows = *table.rows;
    ReportRows::Value behind;
    if (table.batches_behind) behind = *table.batches_behind;
    ReportRows::Value position;
    if (table.position) position = table.position->ToString();
    report.Add(
        {table.table, table.state, rows, table.version, behind, table.committed_at, position});
  }
  return report;
}

ReportRows RuleRows(const StatusReport& status) {
  ReportRows report({{"table", ReportType::kText},
                     {"rule", ReportType::kText},
                     {"kind", ReportType::kText},
                     {"rows", ReportType::kInteger},
                     {"failed", ReportType::kInteger}});
  for (const StatusReport::Table& table : status.tables) {
    for (const StatusReport::Rule& rule : table.rules) {
      report.Add({table.table, rule.rule, rule.kind, rule.rows, rule.failed});
    }
  }
  return report;
}

// Records of each partition that are not in bronze yet.
void PrintPartitions(const StatusReport& status, const Context& context) {
  if (!status.source || !status.source->from_topics) return;
  for (const PartitionPosition& end : status.source->partitions) {
    const auto* own = status.covered
                          ? FindPartition(status.covered->partitions, end.topic, end.partition)
                          : nullptr;
    const std::int64_t next = own == nullptr ? 0 : own->next_offset.value();
    PrintTo(OutPage(context), "topic     {} [{}]  next {}  end {}  lag {}\n", end.topic,
            end.partition, next, end.next_offset.value(),
            std::max<std::int64_t>(0, end.next_offset.value() - next));
  }
}

// What is prepared and neither committed nor rolled back.
void PrintOpen(const StatusReport& status, const Context& context) {
  if (!status.covered) return;
  for (const OpenTransaction& open : status.covered->open) {
    PrintTo(OutPage(context), "open      XA {}, prepared {}: its rows come with its XA COMMIT\n",
            open.id, TimestampText(open.prepared_at.value(), /*utc=*/true));
  }
}

void PrintHead(const StatusReport& status, const Context& context) {
  PrintTo(OutPage(context), "pipeline  {}\n", status.pipeline);
  PrintTo(OutPage(context), "source    {}\n",
          status.source                 ? status.source->ToString()
          : status.source_error.empty() ? "not asked"
                                        : status.source_error);
  if (!status.source_unproved.empty()) {
    PrintTo(OutPage(context), "proof     unproved: {}\n", status.source_unproved);
  }
  PrintTo(OutPage(context), "bronze    {}\n",
          status.covered ? "complete up to " + status.covered->ToString() : "no epoch yet");
  PrintOpen(status, context);
  PrintTo(OutPage(context), "lag       {}\n", status.lag);
  for (const StatusReport::Stopped& stopped : status.stopped) {
    PrintTo(OutPage(context), "stopped   {}: {}: {}\n          {}\n", stopped.table, stopped.code,
            stopped.message, stopped.next);
  }
  for (const std::string& table : status.left_out) {
    PrintTo(OutPage(context), "left out  {}: it stopped, and the configuration does not name it\n",
            table);
  }
  if (status.sink) PrintTo(OutPage(context), "sink      {}\n", status.sink->lag);
  if (!status.older_rules.empty()) {
    PrintTo(OutPage(context), "rules     {}; `foreset reset` makes them anew\n",
            status.older_rules);
  }
  context.out << '\n';
}

Result<StatusReport> ReadReport(const StatusOptions& options, const Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  LakeStatus status = TRY(ReadLakeStatus(configuration, context));
  if (!options.offline) AskSource(configuration, context, status);
  if (!options.offline && configuration.kafka_sink) NoteSink(status, AskSink(configuration));
  return ReportOf(status, context.clock.Now());
}

Result<StatusReport> FetchReport(const StatusOptions& options, const Context& context) {
  RETURN_IF_ERROR(CheckPemFile("--ca", options.ca));
  server::StatusUrl from{.url = options.url, .token = {}, .ca = options.ca};
  if (!options.token_file.empty()) from.token = TRY(ReadToken(options.token_file, context));
  return StatusReportFromJson(TRY(server::FetchStatus(from)));
}

Result<int> ShowStatus(const StatusOptions& options, Context& context) {
  const StatusReport status =
      TRY(options.url.empty() ? ReadReport(options, context) : FetchReport(options, context));
  if (options.format == OutputFormat::kJson || options.format == OutputFormat::kJsonLines) {
    context.out << ToJson(status);
    return kExitOk;
  }
  if (options.format == OutputFormat::kTable) {
    PrintPartitions(status, context);
    PrintHead(status, context);
  }
  RETURN_IF_ERROR(Tables(status).WriteTo(options.format, context));
  const bool has_rules = std::ranges::any_of(
      status.tables, [](const StatusReport::Table& table) { return !table.rules.empty(); });
  if (has_rules && options.format == OutputFormat::kTable) {
    context.out << '\n';
    RETURN_IF_ERROR(RuleRows(status).WriteTo(options.format, context));
  }
  return kExitOk;
}

}  // namespace

void RegisterStatus(Command app, Context& context) {
  auto options = std::make_shared<StatusOptions>();
  const Command command = app.AddCommand("status", "Show layers, tables, positions and lag");
  command.Group(kGroupPipeline);
  AddConfigurationOption(command, options->configuration);
  command.AddOption("--url", options->url, "Ask `foreset run --listen` or `foreset serve` instead");
  command.AddOption("--token-file", options->token_file, "File with the bearer token that it wants")
      .ValueName("FILE")
      .Needs("--url");
  command.AddOption("--ca", options->ca, "Authority of its certificate, as a PEM file")
      .ValueName("FILE")
      .Needs("--url");
  command.AddFlag("--offline", options->offline, "Do not ask the source for its position");
  AddOutputOption(command, options->format);
  command.Footer(
      R"(Reads the lake's tables and asks the source for its position; works whether or not a
pipeline runs.

Examples:
  foreset status -c foreset.yaml
  foreset status -c foreset.yaml --offline -o json
  foreset status --url http://127.0.0.1:9321)");
  command.OnRun([options, &context] { return ShowStatus(*options, context); });
}

}  // namespace foreset::cli
