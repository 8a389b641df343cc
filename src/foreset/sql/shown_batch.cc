// SPDX-License-Identifier: MIT
#include "foreset/sql/shown_batch.h"

#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/model/arrow_status.h"

namespace foreset::sql {
namespace {

class ShownReader final : public RelationReader {
 public:
  explicit ShownReader(BatchPtr rows) : rows_(std::move(rows)) {}
  Result<BatchPtr> Next() override { return std::exchange(rows_, nullptr); }

 private:
  BatchPtr rows_;
};

}  // namespace

Result<std::unique_ptr<RelationReader>> ShownBatch::Read(std::size_t,
                                                         const std::vector<int>& columns) const {
  if (rows_ == nullptr || rows_->num_rows() == 0) return std::make_unique<ShownReader>(nullptr);
  return std::make_unique<ShownReader>(TRY(FromArrow(rows_->SelectColumns(columns))));
}

}  // namespace foreset::sql
