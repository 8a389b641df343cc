// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include "foreset/batch/csv_values.h"

namespace foreset::batch {

// Collects the values of one column from texts. A value is read first and kept later, when those
// beside it were read too: so a row is there as a whole or not at all. Not thread-safe.
class ColumnReader {
 public:
  virtual ~ColumnReader() = default;
  // Whether an empty text is a value.
  virtual bool is_text() const { return false; }
  // Holds the value until Keep. Why it is refused; null when it is not.
  virtual Refusal Read(std::string_view text) = 0;
  virtual arrow::Status Keep() = 0;
  virtual arrow::Status KeepNull() = 0;
  // What was kept since the last time.
  virtual arrow::Result<std::shared_ptr<arrow::Array>> Take() = 0;
};

// For a type as DuckDB has it; the arrays have the type in which Delta keeps it (DeltaTypeOf). Null
// for types that only SQL reads (lists, intervals, …). The format outlives it.
std::unique_ptr<ColumnReader> MakeColumnReader(const arrow::DataType& type,
                                               const ValueFormat& format);
// Keeps texts as they are.
std::unique_ptr<ColumnReader> MakeTextReader();

}  // namespace foreset::batch
