// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::mysql {

// One side of a ChangeBatch, before or after: a builder for each column. Rows without an image are
// only counted, and appended in bulk when a real row or the end comes. Not thread-safe.
class ImageBuilder {
 public:
  static Result<ImageBuilder> Open(std::shared_ptr<arrow::Schema> schema);

  // A row of NULLs.
  void SkipRow() { ++skipped_; }
  // Call before appending one value to every column.
  Status BeginRow();
  arrow::ArrayBuilder& column(std::size_t index) { return *columns_[index]; }

  // All rows so far; the builder is empty afterwards. Only the ranges [first, last) in `keep` are
  // in the result.
  using Ranges = std::vector<std::pair<std::size_t, std::size_t>>;
  Result<std::shared_ptr<arrow::RecordBatch>> Finish(std::size_t rows, const Ranges& keep);

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> columns_;
  std::int64_t skipped_ = 0;
  bool has_rows_ = false;
};

}  // namespace foreset::mysql
