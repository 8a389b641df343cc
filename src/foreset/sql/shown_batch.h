// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <arrow/type_fwd.h>

#include "foreset/sql/relation.h"

namespace foreset::sql {

// A relation that has one batch at a time: queries over many batches of one schema are asked of one
// view. Not thread-safe; nothing is shown while a query runs.
class ShownBatch final : public Relation {
 public:
  explicit ShownBatch(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {}

  // The batch has the schema. Null: no rows.
  void Show(BatchPtr rows) { rows_ = std::move(rows); }
  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return 1; }
  Result<std::unique_ptr<RelationReader>> Read(std::size_t part,
                                               const std::vector<int>& columns) const override;

 private:
  std::shared_ptr<arrow::Schema> schema_;
  BatchPtr rows_;
};

}  // namespace foreset::sql
