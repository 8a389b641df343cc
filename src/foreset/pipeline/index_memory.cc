// SPDX-License-Identifier: MIT
#include "foreset/pipeline/index_memory.h"

#include <fmt/format.h>

namespace foreset::pipeline {
namespace {

std::uint64_t MiB(std::uint64_t bytes) { return (bytes + (1UL << 20U) - 1) >> 20U; }

}  // namespace

std::uint64_t EstimateIndexBytes(const lake::LakeLayout& layout, const RowEstimates& rows) {
  std::uint64_t bytes = 0;
  for (const auto& [table, count] : rows) {
    const std::size_t silver = layout.layers.silver ? 1 : 0;
    const std::size_t gold = layout.layers.gold ? layout.DimensionsOf(table).size() : 0;
    bytes += count * (silver + gold) * kIndexBytesPerRow;
  }
  return bytes;
}

std::optional<std::string> IndexesExceed(std::size_t memory_limit_bytes, std::uint64_t bytes) {
  if (bytes <= memory_limit_bytes / 2) return std::nullopt;
  return fmt::format(
      "the key indexes of silver and gold take about {} MiB ({} bytes for each row of each table); "
      "memory_limit is {} MiB and does not bound them",
      MiB(bytes), kIndexBytesPerRow, MiB(memory_limit_bytes));
}

}  // namespace foreset::pipeline
