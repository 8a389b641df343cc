// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/reserved_names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

constexpr auto kReservedNames = std::to_array<std::string_view>(
    {"_seq", "_source_ts", "_op", "_valid_from", "_valid_to", "_prev_seq", "_late"});

}  // namespace

bool IsReservedName(std::string_view column) {
  return std::ranges::any_of(kReservedNames,
                             [&](std::string_view name) { return SameName(column, name); });
}

std::optional<Error> ReservedNameIn(const TableSchema& table) {
  const auto column = std::ranges::find_if(
      table.columns, [](const ColumnSchema& each) { return IsReservedName(each.name); });
  if (column == table.columns.end()) return std::nullopt;
  return Error{ErrorKind::kInvalidInput,
               ErrorCode::kReservedColumnName,
               fmt::format("column {} has a name that the lake keeps for itself", column->name),
               {}};
}

}  // namespace foreset::mysql
