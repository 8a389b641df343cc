// SPDX-License-Identifier: MIT
#include "foreset/sql/shown_batch.h"

#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/model/arrow_status.h"

namespace foreset::sql {

Result<std::unique_ptr<RelationReader>> ShownBatch::Read(std::size_t,
                                                         const std::vector<int>& columns) const {
  if (rows_ == nullptr || rows_->num_rows() == 0) return MakeBatchReader(nullptr);
  return MakeBatchReader(TRY(FromArrow(rows_->SelectColumns(columns))));
}

}  // namespace foreset::sql
