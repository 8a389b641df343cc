// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_folder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::pipeline {
namespace {

// What layers have at their roots beside the tables of the source.
constexpr auto kReserved = std::to_array<std::string_view>({
    "_delta_log",
    "_epochs",
    "_foreset.lock",
    "_manifest",
    "_old",
    "_proofs",
    "_quarantine",
    "_requests",
    "_schema_changes",
    "_stopped",
});

bool LeavesItsPlace(std::string_view folder) {
  for (;;) {
    const std::size_t slash = folder.find('/');
    const std::string_view part = folder.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return true;
    if (slash == std::string_view::npos) return false;
    folder.remove_prefix(slash + 1);
  }
}

bool IsWithin(std::string_view inner, std::string_view outer) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

}  // namespace

Status CheckTableFolder(const std::string& layout, const TableId& table,
                        const std::set<TableId>& others) {
  const std::string folder = TableFolder(layout, table);
  const std::string_view first = std::string_view(folder).substr(0, folder.find('/'));
  if (LeavesItsPlace(folder) || std::ranges::find(kReserved, first) != kReserved.end()) {
    return Err(ErrorKind::kInvalidInput, lake_error::kTableFolderReserved,
               fmt::format("{} would have the folder \"{}\"", table.ToString(), folder));
  }
  for (const TableId& other : others) {
    if (other == table) continue;
    const std::string theirs = TableFolder(layout, other);
    if (!IsWithin(folder, theirs) && !IsWithin(theirs, folder)) continue;
    return Err(ErrorKind::kInvalidInput, lake_error::kTableFolderShared,
               fmt::format("{} would have the folder \"{}\", {} has \"{}\"", table.ToString(),
                           folder, other.ToString(), theirs));
  }
  return {};
}

}  // namespace foreset::pipeline
