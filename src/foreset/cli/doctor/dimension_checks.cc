// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/dimension_checks.h"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/cli/doctor/known_tables.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/dimension_check.h"

namespace foreset::cli {

std::vector<mysql::ServerCheck> CheckDimensions(const Configuration& configuration,
                                                const Context& context) {
  const lake::LakeLayout layout = LayoutOf(configuration);
  if (!pipeline::HasNamedDimensions(layout)) return {};
  const auto tables = KnownTables(configuration, context, true);
  if (!tables || !*tables || (*tables)->empty()) return {};
  std::vector<TableId> ids;
  for (const TableSchema& table : **tables) ids.push_back(table.id);
  auto troubles = pipeline::DimensionTroubles(layout, ids);
  for (Error& trouble : pipeline::DimensionColumnTroubles(layout, **tables)) {
    troubles.push_back(std::move(trouble));
  }
  mysql::ServerCheck check{
      .name = "gold.dimensions",
      .found = fmt::format("{} for {} tables", layout.dimensions.size(), ids.size())};
  if (!troubles.empty()) {
    std::vector<std::string> messages;
    for (const Error& trouble : troubles) messages.push_back(trouble.message);
    check.outcome = mysql::CheckOutcome::kFailed;
    check.found = fmt::format("{}", fmt::join(messages, "; "));
    check.fix = troubles.front().NextStep();
    check.code = troubles.front().code;
  }
  return {std::move(check)};
}

}  // namespace foreset::cli
