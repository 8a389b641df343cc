// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// Where a column's values come from when files are rewritten under a new schema.
struct ColumnPlan {
  std::shared_ptr<arrow::Field> field;       // in the new schema
  std::string from;                          // column of the old schema; empty: none
  std::shared_ptr<arrow::Scalar> otherwise;  // what existing rows get; null: NULL
};

// What a schema change does to a table of current rows.
struct EvolutionPlan {
  std::vector<ColumnPlan> columns;  // all columns of the new schema, in order
  bool rewrite = false;             // existing files must be rewritten; else metadata suffice
};

// True when every value of `from` is a value of `to`, exactly (delta.md's widening table, and
// equal types).
bool Widens(const arrow::DataType& from, const arrow::DataType& to);

// Plans the change from `before` to `change.after`, both already projected. kInvalidInput
// (kIncompatibleSchemaChange) names the column and both types; (kSchemaChangeNotFollowed) gives
// capture's reason.
Result<EvolutionPlan> PlanEvolution(const TableSchema& before, const TableSchema& after,
                                    const SchemaChange& change, DateTimeAs datetime);

// kInvalidInput (kSchemaChangeNotFollowed) with capture's reason, when it gave one.
Status CheckFollowed(const SchemaChange& change);

// For append-only tables: the columns of `existing` (never dropped), each as wide as needed, then
// the new ones. `widened` says that existing files must be rewritten. Errors as above.
struct AppendedColumns {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  bool widened = false;
};
Result<AppendedColumns> AppendColumns(const std::vector<std::shared_ptr<arrow::Field>>& existing,
                                      const std::vector<std::shared_ptr<arrow::Field>>& wanted);

}  // namespace foreset::lake
