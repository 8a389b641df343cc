// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/memory_check.h"

#include <fmt/format.h>

#include "foreset/cli/config/quantity.h"

namespace foreset::cli {

mysql::ServerCheck CheckMemory(const lake::LakeLayout& layout, std::size_t memory_limit_bytes,
                               const pipeline::RowEstimates& rows) {
  std::uint64_t all = 0;
  for (const auto& [table, count] : rows) all += count;
  const std::uint64_t bytes = pipeline::EstimateIndexBytes(layout, rows);
  mysql::ServerCheck check{
      .name = "memory_limit",
      .found = fmt::format("{}; the key indexes of about {} rows take {}",
                           FormatSize(memory_limit_bytes), FormatCount(all), FormatSize(bytes))};
  if (!pipeline::IndexesExceed(memory_limit_bytes, bytes)) return check;
  check.outcome = mysql::CheckOutcome::kWarning;
  check.wanted = fmt::format("{} or more: indexes are not bounded, and half is left to the rest",
                             FormatSize(2 * bytes));
  check.fix = "Give the process that memory and raise memory_limit, or leave large tables out.";
  return check;
}

}  // namespace foreset::cli
