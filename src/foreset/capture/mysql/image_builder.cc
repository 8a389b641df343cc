// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/image_builder.h"

#include <arrow/array.h>
#include <arrow/array/builder_base.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace foreset::mysql {
namespace {

std::unexpected<Error> Failed(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, "building a batch: " + status.ToString());
}

arrow::Result<std::shared_ptr<arrow::Array>> Keep(const std::shared_ptr<arrow::Array>& array,
                                                  const ImageBuilder::Ranges& keep) {
  arrow::ArrayVector slices;
  for (const auto& [first, last] : keep) {
    slices.push_back(
        array->Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last - first)));
  }
  if (slices.empty()) return array->Slice(0, 0);
  return arrow::Concatenate(slices);
}

}  // namespace

Result<ImageBuilder> ImageBuilder::Open(std::shared_ptr<arrow::Schema> schema) {
  ImageBuilder image;
  for (const auto& field : schema->fields()) {
    auto builder = arrow::MakeBuilder(field->type());
    if (!builder.ok()) return Failed(builder.status());
    image.columns_.push_back(std::move(*builder));
  }
  image.schema_ = std::move(schema);
  return image;
}

Status ImageBuilder::BeginRow() {
  has_rows_ = true;
  if (skipped_ == 0) return {};
  for (const auto& column : columns_) {
    if (const auto status = column->AppendNulls(skipped_); !status.ok()) return Failed(status);
  }
  skipped_ = 0;
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> ImageBuilder::Finish(std::size_t rows,
                                                                 const Ranges& keep) {
  std::size_t kept = 0;
  for (const auto& [first, last] : keep) kept += last - first;
  if (has_rows_) RETURN_IF_ERROR(BeginRow());
  arrow::ArrayVector arrays;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto length = static_cast<std::int64_t>(kept);
    auto array = has_rows_
                     ? columns_[i]->Finish()
                     : arrow::MakeArrayOfNull(schema_->field(static_cast<int>(i))->type(), length);
    if (array.ok() && has_rows_ && kept != rows) array = Keep(*array, keep);
    if (!array.ok()) return Failed(array.status());
    arrays.push_back(std::move(*array));
  }
  skipped_ = 0;
  has_rows_ = false;
  return arrow::RecordBatch::Make(schema_, static_cast<std::int64_t>(kept), std::move(arrays));
}

}  // namespace foreset::mysql
