// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/pipeline/health.h"
#include "foreset/server/operation/process_facts.h"

namespace foreset::server {

// One row of metric_catalog.inc.
struct MetricDefinition {
  std::string_view name;
  bool is_counter = false;
  std::string_view labels;  // separated by spaces
  std::string_view served_by;
  std::string_view help;
};
std::span<const MetricDefinition> AllMetrics();

// What a page of metrics is made of.
struct MetricsInput {
  std::string version;
  std::vector<pipeline::PipelineHealth> pipelines;
  std::optional<double> max_lag_seconds;  // nothing: readiness is not told
  std::optional<std::uint64_t> memory_limit_bytes;
  ProcessFacts process;
};

// Of one pipeline so many tables have labels of their own, the first by name; the rest is summed
// under kOtherTables.
inline constexpr std::size_t kMostTableLabels = 200;
inline constexpr const char* kOtherTables = "other";

// Prometheus' text format 0.0.4, and its media type. The only file that knows the metrics library.
std::string MetricsPage(const MetricsInput& input);
inline constexpr const char* kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace foreset::server
