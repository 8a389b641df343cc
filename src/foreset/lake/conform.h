// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::lake {

// The same values as another type: fields of structs by name (without case), missing ones NULL,
// others by a conversion that loses nothing. kInvalidInput (kIncompatibleSchemaChange) when a
// value does not fit. Copies nothing where the types are equal.
Result<std::shared_ptr<arrow::Array>> ConformArray(const std::shared_ptr<arrow::Array>& values,
                                                   const std::shared_ptr<arrow::DataType>& type);

// The same where a value that does not fit may become another: for rows of which only those that
// fit count.
Result<std::shared_ptr<arrow::Array>> ConformWhatFits(const std::shared_ptr<arrow::Array>& values,
                                                      const std::shared_ptr<arrow::DataType>& type);

// The same for all columns of a batch.
Result<std::shared_ptr<arrow::RecordBatch>> ConformBatch(
    const arrow::RecordBatch& batch, const std::shared_ptr<arrow::Schema>& schema);

}  // namespace foreset::lake
