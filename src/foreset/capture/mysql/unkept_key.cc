// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/unkept_key.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/base/errors/stops.h"

namespace foreset::mysql {

bool IsKeyColumn(const TableSchema& schema, std::size_t column) {
  return std::ranges::find(schema.key, column) != schema.key.end();
}

SharedTexts::SharedTexts(const TableSchema& schema)
    : watched_(schema.columns.size()), labels_(schema.columns.size()) {
  for (const std::size_t i : schema.key) {
    const ColumnSchema& column = schema.columns[i];
    labels_[i] = std::ranges::find(column.labels, "") != column.labels.end();
    if (column.labels.empty() && !column.charset.empty()) watched_[i] = FindCharset(column.charset);
    if (watched_[i] != nullptr && !watched_[i]->has_shared_texts()) watched_[i] = nullptr;
  }
}

bool SharedTexts::Has(std::size_t column, std::string_view text) const {
  if (labels_[column]) return text.empty();
  return watched_[column] != nullptr && watched_[column]->MayBeOthers(text);
}

Error KeyValueNotKept(const TableSchema& schema, std::size_t column, std::string_view shown) {
  return {
      ErrorKind::kInvalidInput,
      stop_error::kKeyValueNotKept,
      fmt::format("{}: the key column {} holds '{}', which the lake cannot tell from another key",
                  schema.id.ToString(), schema.columns[column].name, shown),
      {}};
}

}  // namespace foreset::mysql
