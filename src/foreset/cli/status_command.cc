// SPDX-License-Identifier: MIT
#include "foreset/cli/status_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/lake_overview.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/output/time_text.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

struct StatusOptions {
  std::string configuration;
  std::string url;
  bool offline = false;
  OutputFormat format = OutputFormat::kTable;
};

// What is said of the lake as a whole.
struct LakeStatus {
  std::string pipeline;  // "running", "not running", "unknown"
  std::optional<SourcePosition> source;
  std::string source_error;
  std::optional<SourcePosition> covered;  // by all of bronze
  Timestamp covered_at;                   // when that was committed
  std::optional<bool> current;            // covered reaches the source's position
  std::int64_t most_batches_behind = 0;   // of any silver or gold table
  std::vector<LakeTableView> tables;
  // Of sink.kafka, where there is one and it was asked.
  std::optional<pipeline::PublishCursor> published;
  std::string sink_error;
};

// Asks the lock that a running pipeline holds; makes none where there is none.
std::string PipelineState(const Configuration& configuration, const Context& context) {
  std::error_code ignored;
  // Of a lake elsewhere this machine knows its own pipeline only.
  const char* const none = IsLocal(configuration.lake.bronze) ? "not running" : "unknown";
  if (!std::filesystem::exists(LakeLockFile(configuration, context), ignored)) return none;
  const auto lock = LockLake(configuration, context);
  if (lock) return none;
  return lock.error().kind == ErrorKind::kTransient ? "running" : "unknown";
}

void AskSource(const Configuration& configuration, const Context& context, LakeStatus& status) {
  const auto source = OpenSource(configuration, context);
  auto described =
      source ? (*source)->Describe() : Result<SourceDescription>(std::unexpected(source.error()));
  if (!described) {
    status.source_error = described.error().ToString();
    return;
  }
  status.source = described->now;
  if (!status.covered) return;
  status.source->epoch = status.covered->epoch;
  if (status.source->from_topics) {
    status.current = status.covered->Covers(*status.source);
    return;
  }
  // Where the server has GTIDs they decide; positions of two servers do not compare.
  status.current =
      status.source->Floor() <= status.covered->Floor() ||
      (!status.source->gtid_set.empty() && status.source->gtid_set == status.covered->gtid_set);
}

void AskSink(const Configuration& configuration, LakeStatus& status) {
  constexpr std::chrono::milliseconds kPatience{5'000};
  const auto published = pipeline::ReadPublished(PublishOptionsOf(configuration), kPatience);
  if (!published) {
    status.sink_error = published.error().ToString();
  } else if (!*published) {
    status.sink_error = "nothing is published yet";
  } else {
    status.published = **published;
  }
}

// How far the topics are behind bronze.
std::string SinkLag(const LakeStatus& status) {
  if (!status.published) return status.sink_error;
  const SourcePosition& published = status.published->position;
  if (!status.covered || published.Floor() >= status.covered->Floor()) {
    return "current: the topics have what bronze has";
  }
  return fmt::format("behind bronze; published up to {}", published.ToString());
}

Result<LakeStatus> ReadStatus(const StatusOptions& options, const Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  LakeStatus status;
  status.tables = TRY(ReadLake(configuration, context));
  status.pipeline = PipelineState(configuration, context);
  if (const LakeTableView* epochs = FindEpochs(status.tables); epochs && epochs->facts.progress) {
    status.covered = epochs->facts.progress->position;
    status.covered_at = epochs->committed_at;
  }
  for (const LakeTableView& table : status.tables) {
    status.most_batches_behind =
        std::max(status.most_batches_behind, table.batches_behind.value_or(0));
  }
  if (!options.offline) AskSource(configuration, context, status);
  if (!options.offline && configuration.kafka_sink) AskSink(configuration, status);
  return status;
}

std::chrono::milliseconds AgeOf(Timestamp then, const Context& context) {
  return std::chrono::milliseconds(
      std::max<std::int64_t>(0, (context.clock.Now().value() - then.value()) / 1000));
}

// How long ago the lake was known to be complete; nothing when it is now.
std::string LagText(const LakeStatus& status, const Context& context) {
  if (!status.covered) return "nothing is captured yet";
  const std::string age = FormatDuration(AgeOf(status.covered_at, context));
  if (!status.current) return fmt::format("unknown; bronze was complete {} ago", age);
  if (!*status.current) {
    return fmt::format("bronze is behind the source; it was complete {} ago", age);
  }
  if (status.most_batches_behind > 0) {
    return fmt::format("bronze is current; silver or gold is up to {} batches behind",
                       status.most_batches_behind);
  }
  return "none: every layer has what the source has";
}

std::string PhaseOf(const LakeTableView& table) {
  if (table.error) return table.error->ToString();
  if (!table.facts.progress) return "foreign";
  if (table.facts.progress->dropped) return "dropped at the source";
  const auto& backfill = table.facts.progress->backfill;
  if (backfill && !backfill->done) {
    return fmt::format("backfilling, {} rows so far", FormatCount(backfill->rows));
  }
  return table.batches_behind.value_or(0) > 0 ? "behind" : "following";
}

ReportRows Tables(const LakeStatus& status) {
  ReportRows report({{"table", ReportType::kText},
                     {"state", ReportType::kText},
                     {"rows", ReportType::kInteger},
                     {"version", ReportType::kInteger},
                     {"batches_behind", ReportType::kInteger},
                     {"committed_at", ReportType::kTime},
                     {"position", ReportType::kText}});
  for (const LakeTableView& table : status.tables) {
    ReportRows::Value rows;
    if (table.facts.rows) rows = *table.facts.rows;
    ReportRows::Value behind;
    if (table.batches_behind) behind = *table.batches_behind;
    ReportRows::Value position;
    if (table.facts.progress) position = table.facts.progress->position.ToString();
    report.Add({table.layer + "/" + table.folder, PhaseOf(table), rows, table.version, behind,
                table.committed_at, position});
  }
  return report;
}

const lake::RuleSet& RulesOf(const LakeTableView& table) {
  static const lake::RuleSet kNone;
  return table.layer == "silver" && table.facts.rules ? table.facts.rules->rules : kNone;
}

// How often each rule did something, since it came to its table.
lake::RuleCount CountOf(const LakeTableView& table, const lake::Rule& rule) {
  const auto at = table.facts.rule_counts.find(rule.Name());
  return at == table.facts.rule_counts.end() ? lake::RuleCount{} : at->second;
}

ReportRows RuleRows(const LakeStatus& status) {
  ReportRows report({{"table", ReportType::kText},
                     {"rule", ReportType::kText},
                     {"kind", ReportType::kText},
                     {"rows", ReportType::kInteger},
                     {"failed", ReportType::kInteger}});
  for (const LakeTableView& table : status.tables) {
    for (const lake::Rule& rule : RulesOf(table).rules) {
      const lake::RuleCount count = CountOf(table, rule);
      report.Add({table.layer + "/" + table.folder, rule.Name(),
                  std::string(lake::NameOf(rule.kind)), static_cast<std::int64_t>(count.rows),
                  static_cast<std::int64_t>(count.failed)});
    }
  }
  return report;
}

void WriteRules(const LakeTableView& table, JsonWriter& json) {
  if (!table.facts.rules) return;
  json.Member("older_rows", table.facts.rules->older_rows).Key("rules").BeginArray();
  for (const lake::Rule& rule : RulesOf(table).rules) {
    const lake::RuleCount count = CountOf(table, rule);
    json.BeginObject().Member("rule", rule.Name()).Member("kind", lake::NameOf(rule.kind));
    json.Member("rows", static_cast<std::int64_t>(count.rows));
    json.Member("failed", static_cast<std::int64_t>(count.failed)).EndObject();
  }
  json.EndArray();
}

// Records of each partition that are not in bronze yet.
void PrintPartitions(const LakeStatus& status, const Context& context) {
  if (!status.source || !status.source->from_topics) return;
  for (const PartitionPosition& end : status.source->partitions) {
    const auto* own = status.covered
                          ? FindPartition(status.covered->partitions, end.topic, end.partition)
                          : nullptr;
    const std::int64_t next = own == nullptr ? 0 : own->next_offset.value();
    context.out << fmt::format("topic     {} [{}]  next {}  end {}  lag {}\n", end.topic,
                               end.partition, next, end.next_offset.value(),
                               std::max<std::int64_t>(0, end.next_offset.value() - next));
  }
}

void PrintHead(const LakeStatus& status, const Context& context) {
  context.out << fmt::format("pipeline  {}\n", status.pipeline);
  context.out << fmt::format("source    {}\n", status.source ? status.source->ToString()
                                               : status.source_error.empty() ? "not asked"
                                                                             : status.source_error);
  context.out << fmt::format("bronze    {}\n", status.covered
                                                   ? "complete up to " + status.covered->ToString()
                                                   : "no epoch yet");
  context.out << fmt::format("lag       {}\n", LagText(status, context));
  if (const std::string lag = SinkLag(status); !lag.empty()) {
    context.out << fmt::format("sink      {}\n", lag);
  }
  if (const std::string older = OlderRules(status.tables); !older.empty()) {
    context.out << fmt::format("rules     {}; `foreset reset` makes them anew\n", older);
  }
  context.out << '\n';
}

void PrintJson(const LakeStatus& status, const Context& context) {
  JsonWriter json;
  const auto position = [&json](const std::optional<SourcePosition>& value) {
    value ? json.Raw(ToJson(*value)) : json.Null();
  };
  json.BeginObject().Member("schema", "foreset.status.v1").Member("pipeline", status.pipeline);
  json.Key("source");
  position(status.source);
  json.Key("covered");
  position(status.covered);
  json.Key("current");
  status.current ? json.Bool(*status.current) : json.Null();
  json.Member("lag", LagText(status, context));
  if (status.published || !status.sink_error.empty()) {
    json.Key("sink").BeginObject().Member("lag", SinkLag(status)).Key("published");
    status.published ? json.Raw(ToJson(status.published->position)) : json.Null();
    json.Key("records");
    status.published ? json.Int(static_cast<std::int64_t>(status.published->records)) : json.Null();
    json.EndObject();
  }
  json.Member("batches_behind", status.most_batches_behind).Key("tables").BeginArray();
  for (const LakeTableView& table : status.tables) {
    json.BeginObject().Member("table", table.layer + "/" + table.folder);
    json.Member("state", PhaseOf(table)).Member("version", table.version).Key("rows");
    table.facts.rows ? json.Int(*table.facts.rows) : json.Null();
    json.Key("batches_behind");
    table.batches_behind ? json.Int(*table.batches_behind) : json.Null();
    json.Member("committed_at", TimestampText(table.committed_at.value(), true)).Key("position");
    table.facts.progress ? json.Raw(ToJson(table.facts.progress->position)) : json.Null();
    WriteRules(table, json);
    json.EndObject();
  }
  json.EndArray().EndObject();
  context.out << json.Take() << '\n';
}

Result<int> ShowStatus(const StatusOptions& options, Context& context) {
  if (!options.url.empty()) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kNotInThisVersion,
               "--url: asking a running server is not in this version", "Use -c instead.");
  }
  const LakeStatus status = TRY(ReadStatus(options, context));
  if (options.format == OutputFormat::kJson || options.format == OutputFormat::kJsonLines) {
    PrintJson(status, context);
    return kExitOk;
  }
  if (options.format == OutputFormat::kTable) {
    PrintPartitions(status, context);
    PrintHead(status, context);
  }
  RETURN_IF_ERROR(Tables(status).WriteTo(options.format, context));
  const bool has_rules = std::ranges::any_of(
      status.tables, [](const LakeTableView& table) { return !RulesOf(table).empty(); });
  if (has_rules && options.format == OutputFormat::kTable) {
    context.out << '\n';
    RETURN_IF_ERROR(RuleRows(status).WriteTo(options.format, context));
  }
  return kExitOk;
}

}  // namespace

void RegisterStatus(CLI::App& app, Context& context) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* command = app.add_subcommand("status", "Show layers, tables, positions and lag");
  command->group(kGroupPipeline);
  AddConfigurationOption(*command, options->configuration);
  command->add_option("--url", options->url, "Ask the server of a running pipeline instead");
  command->add_flag("--offline", options->offline, "Do not ask the source where it stands");
  AddOutputOption(*command, options->format);
  command->footer(
      R"(Reads the lake's tables and asks the source for its position; works whether or not a
pipeline runs.

Examples:
  foreset status -c foreset.yaml
  foreset status -c foreset.yaml --offline -o json)");
  command->callback([options, &context] {
    context.chosen = [options, &context] { return ShowStatus(*options, context); };
  });
}

}  // namespace foreset::cli
