// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/folder_checks.h"

#include <cctype>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/lake.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/table_folder.h"

namespace foreset::cli {
namespace {

using mysql::CheckOutcome;
using mysql::ServerCheck;

// A line of each.
void Join(std::string& text, const std::string& more) { text += text.empty() ? more : "; " + more; }

// "d.T and d.t", where folders differ in case alone.
std::string AlikeButForCase(const std::string& layout, const std::vector<TableId>& tables) {
  std::map<std::string, const TableId*> seen;
  std::string alike;
  for (const TableId& table : tables) {
    const std::string folder = lake::TableFolder(layout, table);
    const auto [at, fresh] = seen.emplace(AsciiLower(folder), &table);
    if (fresh || lake::TableFolder(layout, *at->second) == folder) continue;
    Join(alike, fmt::format("{} and {}", at->second->ToString(), table.ToString()));
  }
  return alike;
}

}  // namespace

std::vector<ServerCheck> CheckFolders(const std::string& layout,
                                      const std::vector<TableId>& tables) {
  ServerCheck check{.name = "table folders",
                    .found = fmt::format("{} of {} tables", layout, tables.size())};
  std::string shared;
  std::string reserved;
  for (const Error& trouble : pipeline::FolderTroubles(layout, tables)) {
    Join(trouble.code == lake_error::kTableFolderShared ? shared : reserved, trouble.message);
  }
  std::vector<ServerCheck> checks;
  if (!shared.empty()) {
    checks.push_back(check);
    checks.back().outcome = CheckOutcome::kFailed;
    checks.back().code = lake_error::kTableFolderShared;
    checks.back().found = std::move(shared);
    checks.back().wanted = "a folder of its own for each table";
    checks.back().fix = "layout: \"{database}/{table}\" below lake, or exclude one of them";
  }
  if (!reserved.empty()) {
    checks.push_back(check);
    checks.back().outcome = CheckOutcome::kWarning;
    checks.back().found = std::move(reserved);
    checks.back().wanted = "names that Foreset does not need itself: these tables stop (E5307)";
    checks.back().fix = "exclude them below source.mysql, or layout: \"{database}/{table}\"";
  }
  if (std::string alike = AlikeButForCase(layout, tables); !alike.empty()) {
    checks.push_back(check);
    checks.back().outcome = CheckOutcome::kWarning;
    checks.back().found = std::move(alike);
    checks.back().wanted = "names that differ in more than case: some readers tell them not apart";
    checks.back().fix = "exclude one of them below source.mysql, or rename it";
  }
  if (checks.empty()) checks.push_back(std::move(check));
  return checks;
}

}  // namespace foreset::cli
