// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

// What Foreset wrote as a table's columns, beside what other programs made of them.
namespace foreset::lake {

// The domain in which a table keeps it.
inline constexpr char kColumnsDomain[] = "foreset.columns";

// The columns that the table got with a version of its source's schema.
struct ColumnRecord {
  SchemaVersion schema;
  std::shared_ptr<arrow::Schema> columns;
};

// {"schema":3,"columns":{…}}, the columns as Delta's schemaString has them.
Result<std::string> ToJson(const ColumnRecord& record);
// kCorruption (kProgressDamaged) when the text is not such an object.
Result<ColumnRecord> ColumnRecordFromJson(std::string_view json);

// The columns of `now` in the order of `written`, those of structs too: whoever moves columns takes
// nothing away. kInvalidInput (lake_error::kForeignColumns) names one that was added, dropped or
// given another type.
Result<std::shared_ptr<arrow::Schema>> InOrderOf(const arrow::Schema& written,
                                                 const arrow::Schema& now);

}  // namespace foreset::lake
