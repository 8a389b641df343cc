// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/lake_status.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/capture/kafka/topic_names.h"
#include "foreset/capture/mysql/table_filter.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/operation/source_look.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/source_watch.h"

namespace foreset::cli {
namespace {

// Asks the lock that a running pipeline holds.
std::string PipelineState(const Configuration& configuration, const Context& context) {
  // Of a lake elsewhere this machine knows its own pipeline only.
  const char* const none = IsLocal(configuration.lake.bronze) ? "not running" : "unknown";
  const auto held = LakeLock::IsHeld(LakeLockFile(configuration, context));
  if (!held) return "unknown";
  return *held ? "running" : none;
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

std::chrono::milliseconds AgeOf(Timestamp then, Timestamp now) {
  return std::chrono::milliseconds(std::max<std::int64_t>(0, (now.value() - then.value()) / 1000));
}

// How long ago the lake was known to be complete; nothing when it is now.
std::string LagText(const LakeStatus& status, Timestamp now) {
  if (!status.covered) return "nothing is captured yet";
  const std::string age = FormatDuration(AgeOf(status.covered_at, now));
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

// A table that is not complete, or does not go on, is named whatever the others are.
std::string LagOfAll(const LakeStatus& status, Timestamp now) {
  const auto& [stopped, incomplete, left_out] = status.standing;
  std::string text = LagText(status, now);
  if (!incomplete.empty()) {
    std::vector<std::string> names;
    for (const TableId& id : incomplete) names.push_back(id.ToString());
    text = fmt::format("behind: not copied whole yet: {}", fmt::join(names, ", "));
  } else if (!stopped.empty()) {
    text = "of the other tables: " + text;
  }
  for (const auto& [id, why] : stopped) {
    text += fmt::format("; {} stopped ({})", id.ToString(), FormatCode(why.code));
  }
  return text;
}

std::string PhaseOf(const LakeStatus& status, const LakeTableView& table) {
  if (table.source) {
    const auto stopped = status.standing.stopped.find(*table.source);
    if (stopped != status.standing.stopped.end()) return "stopped: " + stopped->second.ToString();
    const auto& left_out = status.standing.left_out;
    if (std::ranges::find(left_out, *table.source) != left_out.end()) return "left out";
  }
  if (table.error) return table.error->ToString();
  if (!table.facts.progress) return "foreign";
  if (table.facts.progress->dropped) return "dropped at the source";
  const auto& backfill = table.facts.progress->backfill;
  if (backfill && !backfill->done) {
    return fmt::format("backfilling, {} rows so far", FormatCount(backfill->rows));
  }
  return table.batches_behind.value_or(0) > 0 ? "behind" : "following";
}

}  // namespace

void NoteSource(LakeStatus& status, const Result<SourcePosition>& now) {
  if (!now) {
    status.source_error = now.error().ToString();
    return;
  }
  status.source = *now;
  if (!status.covered) return;
  status.source->epoch = status.covered->epoch;
  status.current =
      status.standing.incomplete.empty() && pipeline::Reaches(*status.covered, *status.source);
}

void AskSource(const Configuration& configuration, const Context& context, LakeStatus& status) {
  const auto source = OpenSource(configuration, context);
  auto described =
      source ? (*source)->Describe() : Result<SourceDescription>(std::unexpected(source.error()));
  NoteSource(status, described ? Result<SourcePosition>(std::move(described->now))
                               : std::unexpected(std::move(described).error()));
  if (status.source && status.covered)
    NoteProof(status, ProveSource(configuration, context, *status.covered));
}

void NoteProof(LakeStatus& status, const Result<SourceProof>& proof) {
  if (proof) {
    status.source_unproved = proof->unproved;
    return;
  }
  // Where it stands says nothing when it is not what was captured.
  status.source_error = proof.error().ToString();
  status.source.reset();
  status.current.reset();
}

Result<pipeline::PublishCursor> AskSink(const Configuration& configuration) {
  constexpr std::chrono::milliseconds kPatience{5'000};
  auto published = TRY(pipeline::ReadPublished(PublishOptionsOf(configuration), kPatience));
  return published.value_or(pipeline::PublishCursor{});
}

void NoteSink(LakeStatus& status, const Result<pipeline::PublishCursor>& published) {
  if (!published) {
    status.sink_error = published.error().ToString();
  } else if (published->position.empty()) {
    status.sink_error = "nothing is published yet";
  } else {
    status.published = *published;
  }
}

namespace {

// By the configuration's own globs: nobody is asked.
pipeline::NamesTable NamedBy(const Configuration& configuration) {
  if (configuration.kafka) {
    const kafka::TopicNames names(configuration.kafka->topics, configuration.kafka->schema_topic);
    return [names](const TableId&, const std::vector<PartitionPosition>& topics) {
      return topics.empty() || std::ranges::any_of(topics, [&](const PartitionPosition& partition) {
               return names.Matches(partition.topic);
             });
    };
  }
  if (!configuration.mysql) {
    return [](const TableId&, const std::vector<PartitionPosition>&) { return true; };
  }
  const mysql::TableFilter filter(configuration.mysql->tables, configuration.mysql->exclude);
  return [filter](const TableId& id, const std::vector<PartitionPosition>&) {
    return filter.Matches(id);
  };
}

}  // namespace

Result<LakeStatus> ReadLakeStatus(const Configuration& configuration, const Context& context) {
  LakeStatus status;
  status.tables = TRY(ReadLake(configuration, context));
  status.pipeline = PipelineState(configuration, context);
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  status.standing = TRY(pipeline::ReadStanding(lake, NamedBy(configuration)));
  if (!status.standing.incomplete.empty()) status.current = false;
  if (const LakeTableView* epochs = FindEpochs(status.tables); epochs && epochs->facts.progress) {
    status.covered = epochs->facts.progress->position;
    status.covered_at = epochs->committed_at;
  }
  for (const LakeTableView& table : status.tables) {
    status.most_batches_behind =
        std::max(status.most_batches_behind, table.batches_behind.value_or(0));
  }
  return status;
}

namespace {

std::vector<StatusReport::Rule> RulesOf(const LakeTableView& table) {
  std::vector<StatusReport::Rule> rules;
  if (table.layer != lake::Layer::kSilver || !table.facts.rules) return rules;
  for (const lake::Rule& rule : table.facts.rules->rules.rules) {
    const auto at = table.facts.rule_counts.find(rule.Name());
    const auto count = at == table.facts.rule_counts.end() ? lake::RuleCount{} : at->second;
    rules.push_back({.rule = rule.Name(),
                     .kind = std::string(lake::NameOf(rule.kind)),
                     .rows = static_cast<std::int64_t>(count.rows),
                     .failed = static_cast<std::int64_t>(count.failed)});
  }
  return rules;
}

}  // namespace

StatusReport ReportOf(const LakeStatus& status, Timestamp now) {
  StatusReport report;
  report.pipeline = status.pipeline;
  report.source = status.source;
  report.source_error = status.source_error;
  report.source_unproved = status.source_unproved;
  report.covered = status.covered;
  report.current = status.current;
  report.lag = LagOfAll(status, now);
  report.batches_behind = status.most_batches_behind;
  if (status.published || !status.sink_error.empty()) {
    report.sink = StatusReport::Sink{.lag = SinkLag(status), .published = {}, .records = {}};
    if (status.published) {
      report.sink->published = status.published->position;
      report.sink->records = static_cast<std::int64_t>(status.published->records);
    }
  }
  report.older_rules = OlderRules(status.tables);
  for (const auto& [id, why] : status.standing.stopped) {
    report.stopped.push_back({id.ToString(), FormatCode(why.code), why.message, why.NextStep()});
  }
  for (const TableId& id : status.standing.incomplete) report.incomplete.push_back(id.ToString());
  for (const TableId& id : status.standing.left_out) report.left_out.push_back(id.ToString());
  for (const LakeTableView& table : status.tables) {
    std::optional<SourcePosition> position;
    if (table.facts.progress) position = table.facts.progress->position;
    const bool older = table.facts.rules && table.facts.rules->older_rows;
    report.tables.push_back({.table = table.Name(),
                             .state = PhaseOf(status, table),
                             .version = table.version,
                             .rows = table.facts.rows,
                             .batches_behind = table.batches_behind,
                             .committed_at = table.committed_at,
                             .position = std::move(position),
                             .older_rows = older,
                             .rules = RulesOf(table)});
  }
  return report;
}

}  // namespace foreset::cli
