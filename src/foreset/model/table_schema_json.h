// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

namespace foreset {

// The encoding of schemas in bronze/_schema_changes. Round-trips exactly; unknown members are
// ignored, so that older programs read what newer ones wrote.
std::string ToJson(const TableSchema& schema);
// kCorruption when the text is not such an object.
Result<TableSchema> TableSchemaFromJson(std::string_view json);

std::string ToJson(const std::vector<ColumnChange>& changes);
Result<std::vector<ColumnChange>> ColumnChangesFromJson(std::string_view json);

// "decimal", "varchar", …: stable names of the source types in that encoding.
std::string_view NameOf(SourceType type);

}  // namespace foreset
