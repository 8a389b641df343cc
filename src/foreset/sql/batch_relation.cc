// SPDX-License-Identifier: MIT
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/sql/relation.h"

namespace foreset::sql {
namespace {

class OneBatch final : public RelationReader {
 public:
  explicit OneBatch(BatchPtr batch) : batch_(std::move(batch)) {}
  Result<BatchPtr> Next() override { return std::exchange(batch_, nullptr); }

 private:
  BatchPtr batch_;
};

class BatchRelation final : public Relation {
 public:
  BatchRelation(std::shared_ptr<arrow::Schema> schema, std::vector<BatchPtr> batches)
      : schema_(std::move(schema)), batches_(std::move(batches)) {}

  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }

  std::optional<std::int64_t> rows() const override {
    std::int64_t rows = 0;
    for (const BatchPtr& batch : batches_) rows += batch->num_rows();
    return rows;
  }

  std::size_t parts() const override { return batches_.size(); }

  Result<std::unique_ptr<RelationReader>> Read(std::size_t part,
                                               const std::vector<int>& columns) const override {
    auto selected = batches_[part]->SelectColumns(columns);
    if (!selected.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, selected.status().ToString());
    }
    return MakeBatchReader(*std::move(selected));
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<BatchPtr> batches_;
};

}  // namespace

std::unique_ptr<RelationReader> MakeBatchReader(BatchPtr batch) {
  return std::make_unique<OneBatch>(std::move(batch));
}

std::shared_ptr<const Relation> MakeBatchRelation(std::shared_ptr<arrow::Schema> schema,
                                                  std::vector<BatchPtr> batches) {
  return std::make_shared<BatchRelation>(std::move(schema), std::move(batches));
}

}  // namespace foreset::sql
