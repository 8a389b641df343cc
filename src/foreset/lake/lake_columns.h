// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/lake/schema_evolution.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/sequence.h"
#include "foreset/model/table_schema.h"

// Columns of silver and gold tables as arrays.
namespace foreset::lake {

// `_seq` as text; absent ones NULL.
Result<std::shared_ptr<arrow::Array>> SequenceColumn(const std::vector<Sequence>& sequences);
Result<std::shared_ptr<arrow::Array>> SequenceColumn(
    const std::vector<std::optional<Sequence>>& sequences);
Result<std::shared_ptr<arrow::Array>> TimeColumn(const std::vector<Timestamp>& times);

// A batch of exactly these columns; kInternal when their number or lengths do not fit: Arrow itself
// checks neither.
Result<std::shared_ptr<arrow::RecordBatch>> MakeBatch(const std::shared_ptr<arrow::Schema>& columns,
                                                      std::int64_t rows, arrow::ArrayVector arrays);

// Those rows of the batch, in that order. Copies nothing when they are all of them.
Result<std::shared_ptr<arrow::RecordBatch>> TakeRows(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::vector<std::uint32_t>& rows);

// The field of that name, as the source compares names. Null when there is none.
const arrow::Field* FindField(const arrow::FieldVector& fields, std::string_view name);

// kInvalidInput (kReservedColumnName) when a column has the name of one of the lake's own: two
// columns of the table have one name.
Status CheckNames(const arrow::Schema& columns, const TableSchema& source);

// Rows of the old schema under the new one: planned columns first, then those of the new schema
// that the plan does not have (`_seq` and the like), as they are.
Result<std::shared_ptr<arrow::RecordBatch>> MapRows(const EvolutionPlan& plan,
                                                    const arrow::RecordBatch& rows,
                                                    const std::shared_ptr<arrow::Schema>& columns);

// The change as a table with these dimension columns ({name, source column}) sees it: by the
// table's names, without columns that it does not have. Empty: as it is.
SchemaChange Projected(const SchemaChange& change,
                       const std::vector<std::pair<std::string, std::string>>& columns);

}  // namespace foreset::lake
