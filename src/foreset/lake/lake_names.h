// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

// The names of source columns in bronze and history. These never drop a column, so a name may have
// meant several: where one comes back with another type, the new column is `a__2`, `a__3`, …; with
// a type that it had before it takes that column again. Silver and gold's current tables have the
// living columns only, by their own names.
namespace foreset::lake {

// The schema after the change, each column with its name among `existing` (the columns that the log
// has) or beside them. Columns that went on through the change keep the names they had in `before`.
TableSchema NameColumns(const arrow::FieldVector& existing, const TableSchema& before,
                        const SchemaChange& change, DateTimeAs datetime);

// The schema without such names, as the source says it.
TableSchema WithoutLakeNames(TableSchema schema);

// The columns of the schema by their names in bronze and history, each of which says to which
// column of the source it belongs.
arrow::FieldVector LakeFields(const TableSchema& schema, DateTimeAs datetime);

// Rows whose columns are those of the schema, in its order, by their names in bronze and history.
Result<std::shared_ptr<arrow::RecordBatch>> ByLakeNames(const arrow::RecordBatch& rows,
                                                        const TableSchema& schema);

}  // namespace foreset::lake
