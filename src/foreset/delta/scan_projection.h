// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/table_features.h"

// From the columns of a data file to the logical columns of its table (PROTOCOL.md, "Reader
// Requirements for Column Mapping", "Type Widening"; and what old writers put into Parquet).
namespace foreset::delta {

// Which of a file's (or struct's) fields holds the column: by field id, physical name or name, as
// the mode says. A file without any field ids is read by physical name. Nothing when it lacks the
// column: then all its rows are NULL.
std::optional<int> FindFileField(const std::vector<std::shared_ptr<arrow::Field>>& file_fields,
                                 const arrow::Field& column, ColumnMappingMode mode);

// The values of a file's column as the table's column: nested fields found and ordered, missing
// ones NULL, types widened, variants as JSON texts. kCorruption names the column when the file's
// type is not one that the table's may be read from, or a value does not fit.
Result<std::shared_ptr<arrow::Array>> ProjectColumn(const std::shared_ptr<arrow::Array>& values,
                                                    const arrow::Field& column,
                                                    ColumnMappingMode mode);

// A column of NULLs.
Result<std::shared_ptr<arrow::Array>> NullColumn(const std::shared_ptr<arrow::DataType>& type,
                                                 std::int64_t rows);

}  // namespace foreset::delta
