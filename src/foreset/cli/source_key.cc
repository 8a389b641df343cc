// SPDX-License-Identifier: MIT
#include "foreset/cli/source_key.h"

#include <utility>

#include "foreset/model/table_schema_json.h"

namespace foreset::cli {

std::optional<TableSchema> SourceSchemaOf(const delta::Snapshot& snapshot) {
  const auto domain = snapshot.FindDomain("foreset.schema");
  if (!domain) return std::nullopt;
  auto schema = TableSchemaFromJson(*domain);
  if (!schema) return std::nullopt;
  return std::move(*schema);
}

std::vector<std::string> SourceKeyOf(const delta::Snapshot& snapshot) {
  std::vector<std::string> key;
  if (const auto schema = SourceSchemaOf(snapshot)) {
    for (const std::size_t column : schema->key) key.push_back(schema->columns[column].name);
  }
  return key;
}

}  // namespace foreset::cli
