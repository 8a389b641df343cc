// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/unkept_key.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/base/errors/stops.h"

namespace foreset::mysql {

bool IsKeyColumn(const TableSchema& schema, std::size_t column) {
  return std::ranges::find(schema.key, column) != schema.key.end();
}

Error KeyValueNotKept(const TableSchema& schema, std::size_t column, std::string_view shown) {
  return {ErrorKind::kInvalidInput,
          stop_error::kKeyValueNotKept,
          fmt::format("{}: the key column {} holds '{}', which no date of the lake can be",
                      schema.id.ToString(), schema.columns[column].name, shown),
          {}};
}

}  // namespace foreset::mysql
