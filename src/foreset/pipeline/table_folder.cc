// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_folder.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/lake/lake.h"

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

}  // namespace

bool IsReservedFolder(std::string_view folder) {
  return std::ranges::find(kReserved, folder.substr(0, folder.find('/'))) != kReserved.end();
}

Status CheckTableFolder(const std::string& layout, const TableId& table,
                        const std::set<TableId>& others) {
  const std::string folder = lake::TableFolder(layout, table);
  if (IsReservedFolder(folder)) {
    return Err(ErrorKind::kInvalidInput, lake_error::kTableFolderReserved,
               fmt::format("{} would have the folder \"{}\"", table.ToString(), folder));
  }
  for (const TableId& other : others) {
    if (other == table) continue;
    const std::string theirs = lake::TableFolder(layout, other);
    if (folder != theirs) continue;
    return Err(ErrorKind::kInvalidInput, lake_error::kTableFolderShared,
               fmt::format("{} would have the folder \"{}\", {} has \"{}\"", table.ToString(),
                           folder, other.ToString(), theirs));
  }
  return {};
}

std::vector<Error> FolderTroubles(const std::string& layout, const std::vector<TableId>& tables) {
  std::vector<Error> troubles;
  std::set<TableId> settled;
  for (const TableId& table : tables) {
    Status checked = CheckTableFolder(layout, table, settled);
    if (checked) {
      settled.insert(table);
    } else {
      troubles.push_back(std::move(checked).error());
    }
  }
  return troubles;
}

}  // namespace foreset::pipeline
