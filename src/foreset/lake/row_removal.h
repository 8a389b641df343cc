// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"

namespace foreset::lake {

// Whether a row of the batch, which has the table's columns in their order, goes.
using RowGoes = std::function<Result<bool>(const arrow::RecordBatch& rows, std::int64_t row)>;

// Takes rows out of a table that has no index, in one commit that `operation` names: the files that
// have such rows are written anew without them, progress stays. Returns how many went; where none
// does, nothing is committed. Reads the table. Memory: one batch.
Result<std::uint64_t> RemoveRows(LakeTable& table, const RowGoes& goes,
                                 const std::string& operation);

}  // namespace foreset::lake
