// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

// Types on the way from SQL into a Delta table.
namespace foreset::batch {

// The type in which a Delta table keeps values of `type` without loss: wider integers for unsigned
// ones, text for times of day, intervals, enumerations and UUIDs, microseconds for timestamps.
// kUnsupported (kTypeWithoutDelta) names the column when there is none.
Result<std::shared_ptr<arrow::DataType>> DeltaTypeOf(const std::string& column,
                                                     const std::shared_ptr<arrow::DataType>& type);

// How SQL writes a type that DeltaTypeOf gives.
std::string SqlTypeOf(const arrow::DataType& type);

struct DeltaShape {
  std::shared_ptr<arrow::Schema> columns;  // as the table keeps them
  std::string select;                      // the list of a SELECT that makes them of the rows
};
// For rows of that schema.
Result<DeltaShape> DeltaShapeOf(const arrow::Schema& schema);

}  // namespace foreset::batch
