// SPDX-License-Identifier: MIT
#include "foreset/pipeline/dimension_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/lake/projection.h"
#include "foreset/pipeline/table_folder.h"

namespace foreset::pipeline {
namespace {

Error Trouble(ErrorCode code, std::string message, std::string next) {
  return {ErrorKind::kInvalidInput, code, std::move(message), std::move(next)};
}

void FindUnknownTables(const lake::LakeLayout& layout, const std::vector<TableId>& tables,
                       std::vector<Error>& troubles) {
  for (const lake::DimensionTemplate& dimension : layout.dimensions) {
    const std::string& from = dimension.from;
    const auto is_it = [&](const TableId& table) { return SameName(from, table.table); };
    if (from.empty() || std::ranges::any_of(tables, is_it)) continue;
    troubles.push_back(Trouble(
        ErrorCode::kDimensionColumns,
        fmt::format("gold.dimensions: {} and {} are to be made from '{}', which is no table of the "
                    "source",
                    dimension.spec.current, dimension.spec.history, from),
        "Correct `from` below gold.dimensions, or `tables` of the source."));
  }
}

void FindUsedFolders(const lake::LakeLayout& layout, const std::vector<TableId>& tables,
                     std::vector<Error>& troubles) {
  std::map<std::string, const TableId*> taken;
  for (const TableId& table : tables) {
    for (const lake::DimensionSpec& spec : layout.DimensionsOf(table)) {
      for (const std::string& folder : {spec.current, spec.history}) {
        if (IsReservedFolder(folder)) {
          troubles.push_back(Trouble(
              lake_error::kTableFolderReserved,
              fmt::format("gold needs the name '{}' itself, which a dimension of {} would have",
                          folder, table.ToString()),
              "Give it another name below gold.dimensions: `current`, `history`."));
        }
        const auto [at, fresh] = taken.emplace(folder, &table);
        if (fresh) continue;
        troubles.push_back(
            Trouble(lake_error::kTableFolderShared,
                    fmt::format("gold would have two tables '{}', one of {} and one of {}", folder,
                                at->second->ToString(), table.ToString()),
                    "Give one of them another name below gold.dimensions: `current`, `history`; or "
                    "leave a table out."));
      }
    }
  }
}

}  // namespace

bool HasNamedDimensions(const lake::LakeLayout& layout) {
  return std::ranges::any_of(layout.dimensions, [](const lake::DimensionTemplate& dimension) {
    return !dimension.from.empty();
  });
}

std::vector<Error> DimensionTroubles(const lake::LakeLayout& layout,
                                     const std::vector<TableId>& tables) {
  std::vector<Error> troubles;
  FindUnknownTables(layout, tables, troubles);
  FindUsedFolders(layout, tables, troubles);
  return troubles;
}

std::vector<Error> DimensionColumnTroubles(const lake::LakeLayout& layout,
                                           const std::vector<TableSchema>& tables) {
  std::vector<Error> troubles;
  for (const TableSchema& table : tables) {
    for (const lake::DimensionSpec& spec : layout.DimensionsOf(table.id)) {
      auto projection = lake::Projection::Of(table, spec.columns);
      if (!projection) troubles.push_back(std::move(projection).error().Within(spec.current));
      for (const auto& [name, column] : spec.columns) {
        if (!mysql::IsReservedName(name)) continue;
        troubles.push_back(Trouble(
            ErrorCode::kReservedColumnName,
            fmt::format("{}: the lake needs the column name '{}' itself", spec.current, name),
            "Give the column another name below gold.dimensions."));
      }
    }
  }
  return troubles;
}

}  // namespace foreset::pipeline
