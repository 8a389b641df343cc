// SPDX-License-Identifier: MIT
#include "foreset/pipeline/index_memory.h"

#include <fmt/format.h>

namespace foreset::pipeline {
namespace {

std::uint64_t MiB(std::uint64_t bytes) { return (bytes + (1UL << 20U) - 1) >> 20U; }

}  // namespace

std::uint64_t EstimateIndexBytes(const PipelineOptions& options, const RowEstimates& rows) {
  std::uint64_t bytes = 0;
  for (const auto& [table, count] : rows) {
    const std::size_t silver = options.layers.silver ? 1 : 0;
    const std::size_t gold = options.layers.gold ? DimensionsOf(options, table).size() : 0;
    bytes += count * (silver + gold) * kIndexBytesPerRow;
  }
  return bytes;
}

std::optional<std::string> IndexesExceed(const PipelineOptions& options, std::uint64_t bytes) {
  if (bytes <= options.memory_limit_bytes / 2) return std::nullopt;
  return fmt::format(
      "the key indexes of silver and gold take about {} MiB ({} bytes for each row of each table); "
      "memory_limit is {} MiB and does not bound them",
      MiB(bytes), kIndexBytesPerRow, MiB(options.memory_limit_bytes));
}

}  // namespace foreset::pipeline
