// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset {

// The same values under a schema that differs from the batch's in the names, nullability and
// metadata of its fields only, nested ones too (column mapping's physical names, say), and in the
// zone of its timestamps: a table that keeps DATETIME as UTC takes wall-clock times as they are.
// Copies no values. kInternal, naming the column, when a type differs otherwise.
Result<std::shared_ptr<arrow::RecordBatch>> Retype(const arrow::RecordBatch& batch,
                                                   const std::shared_ptr<arrow::Schema>& schema);

}  // namespace foreset
