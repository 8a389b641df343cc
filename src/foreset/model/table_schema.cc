// SPDX-License-Identifier: MIT
#include "foreset/model/table_schema.h"

#include <algorithm>

#include "foreset/base/ascii.h"

namespace foreset {

bool SameName(std::string_view a, std::string_view b) { return EqualIgnoringCase(a, b); }

std::string TableId::ToString() const { return database + "." + table; }

std::optional<std::size_t> TableSchema::FindColumn(std::string_view name) const {
  const auto it = std::ranges::find_if(
      columns, [&](const ColumnSchema& column) { return SameName(column.name, name); });
  if (it == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(it - columns.begin());
}

}  // namespace foreset
