// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/transaction.h"
#include "foreset/lake/lake_table.h"

namespace foreset::lake {

// Gives each batch of live rows its new form.
using RowMapper =
    std::function<Result<std::shared_ptr<arrow::RecordBatch>>(const arrow::RecordBatch& rows)>;

// Writes all live rows of the table anew under `columns`, file after file, and exchanges the files
// in the transaction. Memory: one batch. `data_change` as the commit should say.
Status RewriteFiles(LakeTable& table, const std::shared_ptr<arrow::Schema>& columns,
                    const RowMapper& mapper, bool data_change, delta::Transaction& transaction);

// The same for wider types of the same columns: no value changes.
Status RewriteWidened(LakeTable& table, const std::shared_ptr<arrow::Schema>& columns,
                      delta::Transaction& transaction);

}  // namespace foreset::lake
