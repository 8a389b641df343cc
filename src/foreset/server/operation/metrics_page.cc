// SPDX-License-Identifier: MIT
#include "foreset/server/operation/metrics_page.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "foreset/server/operation/readiness.h"

namespace foreset::server {
namespace {

constexpr bool kCounter = true;
constexpr bool kGauge = false;

enum Metric : std::size_t {
#define FORESET_METRIC(id, name, type, labels, served_by, help) id,
#include "foreset/server/operation/metric_catalog.inc"
#undef FORESET_METRIC
};

constexpr auto kCatalog = std::to_array<MetricDefinition>({
#define FORESET_METRIC(id, name, type, labels, served_by, help) \
  MetricDefinition{name, type, labels, served_by, help},
#include "foreset/server/operation/metric_catalog.inc"
#undef FORESET_METRIC
});

constexpr std::array<const char*, pipeline::kStoreOperations> kOperations{"read", "write", "list",
                                                                          "delete"};

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Families with what was measured, in the catalogue's order.
class Page {
 public:
  // The values of the labels stand in the catalogue's order.
  void Set(Metric metric, const std::vector<std::string>& labels, double value) {
    prometheus::ClientMetric measured;
    const std::vector<std::string> names = Words(kCatalog[metric].labels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      measured.label.push_back({names.at(i), labels[i]});
    }
    (kCatalog[metric].is_counter ? measured.counter.value : measured.gauge.value) = value;
    measured_[metric].push_back(std::move(measured));
  }
  void Set(Metric metric, const std::vector<std::string>& labels, std::optional<double> value) {
    if (value) Set(metric, labels, *value);
  }
  void Count(Metric metric, const std::vector<std::string>& labels, std::uint64_t value) {
    Set(metric, labels, static_cast<double>(value));
  }

  std::string Take() {
    std::vector<prometheus::MetricFamily> families;
    for (auto& [metric, measured] : measured_) {
      const MetricDefinition& definition = kCatalog[metric];
      families.push_back(
          {std::string(definition.name), std::string(definition.help),
           definition.is_counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
           std::move(measured)});
    }
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  std::map<Metric, std::vector<prometheus::ClientMetric>> measured_;
};

// Values by table, with no more labels than there may be.
class TableCounts {
 public:
  explicit TableCounts(std::size_t tables) : capped_(tables > kMostTableLabels) {}
  void Add(const std::string& table, double value) {
    // The last label is for the rest.
    const bool own = !capped_ || values_.size() < kMostTableLabels - 1;
    if (own) {
      values_.emplace_back(table, value);
    } else {
      others_ += value;
    }
  }
  void WriteTo(Page& page, Metric metric, const std::vector<std::string>& labels) const {
    const auto set = [&](const std::string& table, double value) {
      std::vector<std::string> all = labels;
      all.push_back(table);
      page.Set(metric, all, value);
    };
    for (const auto& [table, value] : values_) set(table, value);
    if (capped_) set(kOtherTables, others_);
  }

 private:
  const bool capped_;
  std::vector<std::pair<std::string, double>> values_;
  double others_ = 0;
};

void WriteTables(Page& page, const std::string& name, const pipeline::PipelineStatus& status) {
  constexpr std::array<const char*, 5> kStates{"waiting", "backfilling", "following", "stopped",
                                               "left_out"};
  std::array<std::size_t, kStates.size()> states{};
  TableCounts changes(status.tables.size());
  TableCounts rows(status.tables.size());
  TableCounts quarantined(status.tables.size());
  TableCounts indexes(status.tables.size());
  for (const auto& [id, table] : status.tables) {
    ++states.at(static_cast<std::size_t>(table.phase));
    changes.Add(id.ToString(), static_cast<double>(table.changes));
    rows.Add(id.ToString(), static_cast<double>(table.backfilled_rows));
    quarantined.Add(id.ToString(), static_cast<double>(table.quarantined));
    indexes.Add(id.ToString(), static_cast<double>(table.index_bytes));
  }
  for (std::size_t i = 0; i < kStates.size(); ++i)
    page.Count(kTables, {name, kStates[i]}, states[i]);
  changes.WriteTo(page, kChanges, {name});
  rows.WriteTo(page, kBackfilledRows, {name});
  quarantined.WriteTo(page, kQuarantined, {name});
  indexes.WriteTo(page, kIndexBytes, {name});
}

void WriteStatus(Page& page, const std::string& name, const pipeline::PipelineStatus& status) {
  page.Set(kSourceFollowing, {name}, status.following ? 1.0 : 0.0);
  page.Count(kTransactions, {name}, status.transactions);
  page.Count(kRecords, {name}, status.records);
  page.Count(kRepeats, {name}, status.repeats);
  page.Count(kReconnects, {name, "source"}, status.reconnects);
  for (const auto& [rule, count] : status.filtered) page.Count(kFiltered, {name, rule}, count);
  WriteTables(page, name, status);
  if (!status.sink) return;
  page.Count(kReconnects, {name, "sink"}, status.sink->reconnects);
  page.Count(kSinkRecords, {name}, status.sink->records);
  page.Count(kSinkCommits, {name}, status.sink->commits);
  page.Set(kSinkStopped, {name}, status.sink->stopped ? 1.0 : 0.0);
}

void WriteSource(Page& page, const std::string& name, const pipeline::SourceStanding& source) {
  if (!source.was_asked()) return;
  page.Set(kSourceReachable, {name}, source.error() ? 0.0 : 1.0);
  if (!source.last()) return;
  page.Set(kSourceClockAhead, {name}, source.last()->clock_ahead_seconds);
  page.Set(kRetentionLeft, {name}, source.last()->purge_seconds);
}

void WriteStores(Page& page, const pipeline::PipelineHealth& health) {
  constexpr double kNanosPerSecond = 1e9;
  for (const auto& [layer, counts] : health.stores) {
    page.Count(kCommits, {health.name, layer}, counts.commits);
    page.Count(kConflicts, {health.name, layer}, counts.conflicts);
    page.Count(kStorageRead, {health.name, layer}, counts.read_bytes);
    page.Count(kStorageWritten, {health.name, layer}, counts.written_bytes);
    for (std::size_t i = 0; i < kOperations.size(); ++i) {
      const std::vector<std::string> labels{health.name, layer, kOperations.at(i)};
      const auto& requests = counts.requests.at(i);
      page.Count(kStorageRequests, labels, requests.count);
      page.Count(kStorageFailures, labels, requests.failures);
      page.Set(kStorageSeconds, labels,
               static_cast<double>(requests.nanoseconds) / kNanosPerSecond);
    }
  }
}

void WriteLake(Page& page, const pipeline::PipelineHealth& health) {
  for (const auto& [layer, batches] : health.batches_behind) {
    page.Set(kBatchesBehind, {health.name, layer}, static_cast<double>(batches));
  }
  for (const auto& [layer, errors] : health.lake_errors) {
    page.Count(kTablesUnreadable, {health.name, layer}, errors.size());
  }
  for (const auto& [layer, tables] : health.lake) {
    double bytes = 0;
    TableCounts rows(tables.size());
    for (const pipeline::LayerTable& table : tables) {
      bytes += static_cast<double>(table.bytes);
      if (table.rows) rows.Add(table.table, static_cast<double>(*table.rows));
    }
    page.Set(kLayerBytes, {health.name, layer}, bytes);
    rows.WriteTo(page, kTableRows, {health.name, layer});
  }
}

void WritePipeline(Page& page, const pipeline::PipelineHealth& health,
                   std::optional<double> max_lag_seconds) {
  const std::string& name = health.name;
  if (max_lag_seconds) {
    page.Set(kReady, {name}, ReasonsAgainst(health, *max_lag_seconds).empty() ? 1.0 : 0.0);
  }
  if (health.running) page.Set(kRunning, {name}, *health.running ? 1.0 : 0.0);
  for (const auto& [layer, seconds] : health.lag_seconds) {
    if (layer == "sink") {
      page.Set(kSinkLag, {name}, seconds);
    } else {
      page.Set(kLag, {name, layer}, seconds);
    }
  }
  if (health.status) WriteStatus(page, name, *health.status);
  WriteSource(page, name, health.source);
  WriteStores(page, health);
  WriteLake(page, health);
}

}  // namespace

std::span<const MetricDefinition> AllMetrics() { return kCatalog; }

std::string MetricsPage(const MetricsInput& input) {
  Page page;
  page.Set(kBuildInfo, {input.version}, 1.0);
  for (const auto& health : input.pipelines) WritePipeline(page, health, input.max_lag_seconds);
  if (input.memory_limit_bytes) page.Count(kMemoryLimit, {}, *input.memory_limit_bytes);
  page.Set(kResident, {}, input.process.resident_bytes);
  page.Set(kCpu, {}, input.process.cpu_seconds);
  page.Set(kStartTime, {}, input.process.started_at);
  page.Set(kOpenFiles, {}, input.process.open_files);
  page.Set(kMostFiles, {}, input.process.most_files);
  return page.Take();
}

}  // namespace foreset::server
