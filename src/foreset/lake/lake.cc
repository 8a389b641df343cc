// SPDX-License-Identifier: MIT
#include "foreset/lake/lake.h"

#include <cstddef>
#include <string_view>

#include "foreset/storage/folder_name.h"

namespace foreset::lake {
namespace {

constexpr std::string_view kDatabase = "{database}";
constexpr std::string_view kTable = "{table}";

// "{table}_current" with a table's folder in it.
std::string Named(std::string name, const std::string& folder) {
  const std::size_t at = name.find(kTable);
  return at == std::string::npos ? name : name.replace(at, kTable.size(), folder);
}

}  // namespace

std::string TableFolder(const std::string& layout, const TableId& table) {
  std::string folder;
  std::string_view left = layout;
  while (!left.empty()) {
    if (left.starts_with(kDatabase)) {
      folder += FolderOfName(table.database);
      left.remove_prefix(kDatabase.size());
    } else if (left.starts_with(kTable)) {
      folder += FolderOfName(table.table);
      left.remove_prefix(kTable.size());
    } else {
      folder += left.front();
      left.remove_prefix(1);
    }
  }
  return folder;
}

std::vector<DimensionSpec> LakeLayout::DimensionsOf(const TableId& table) const {
  std::vector<DimensionSpec> specs;
  for (const DimensionTemplate& dimension : dimensions) {
    if (dimension.from.empty()) {
      const std::string folder = FolderOf(table);
      specs.push_back({.current = Named(dimension.spec.current, folder),
                       .history = Named(dimension.spec.history, folder)});
    } else if (SameName(dimension.from, table.table)) {
      specs.push_back(dimension.spec);
    }
  }
  return specs;
}

std::string QuarantineFolder(const std::string& folder) { return "_quarantine/" + folder; }

}  // namespace foreset::lake
