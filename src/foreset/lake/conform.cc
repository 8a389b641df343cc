// SPDX-License-Identifier: MIT
#include "foreset/lake/conform.h"

#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>

#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {
namespace {

template <typename Fields>
int FindField(const Fields& fields, const std::string& name) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (SameName(fields[i]->name(), name)) return static_cast<int>(i);
  }
  return -1;
}

Result<std::shared_ptr<arrow::Array>> Nulls(const std::shared_ptr<arrow::DataType>& type,
                                            std::int64_t rows) {
  return FromArrow(arrow::MakeArrayOfNull(type, rows));
}

Result<std::shared_ptr<arrow::Array>> ConformStruct(const arrow::StructArray& values,
                                                    const std::shared_ptr<arrow::DataType>& type) {
  arrow::ArrayVector children;
  for (const auto& field : type->fields()) {
    const int at = FindField(values.type()->fields(), field->name());
    children.push_back(at < 0 ? TRY(Nulls(field->type(), values.length()))
                              : TRY(ConformArray(values.field(at), field->type())));
  }
  std::shared_ptr<arrow::Buffer> validity;
  if (values.null_count() > 0) {
    validity = TRY(FromArrow(arrow::internal::CopyBitmap(arrow::default_memory_pool(),
                                                         values.null_bitmap_data(), values.offset(),
                                                         values.length())));
  }
  return std::make_shared<arrow::StructArray>(type, values.length(), std::move(children),
                                              std::move(validity), values.null_count());
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> ConformArray(const std::shared_ptr<arrow::Array>& values,
                                                   const std::shared_ptr<arrow::DataType>& type) {
  if (values->type()->Equals(*type)) return values;
  if (values->type_id() == arrow::Type::STRUCT && type->id() == arrow::Type::STRUCT) {
    return ConformStruct(static_cast<const arrow::StructArray&>(*values), type);
  }
  if (values->null_count() == values->length()) return Nulls(type, values->length());
  arrow::Result<std::shared_ptr<arrow::Array>> cast =
      arrow::compute::Cast(*values, type, arrow::compute::CastOptions::Safe());
  if (!cast.ok()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kIncompatibleSchemaChange,
               fmt::format("values of type {} do not fit {}: {}", values->type()->ToString(),
                           type->ToString(), cast.status().message()));
  }
  return std::move(cast).MoveValueUnsafe();
}

Result<std::shared_ptr<arrow::Array>> ConformWhatFits(
    const std::shared_ptr<arrow::Array>& values, const std::shared_ptr<arrow::DataType>& type) {
  auto conformed = ConformArray(values, type);
  if (conformed) return conformed;
  return FromArrow(arrow::compute::Cast(*values, type, arrow::compute::CastOptions::Unsafe()));
}

Result<std::shared_ptr<arrow::RecordBatch>> ConformBatch(
    const arrow::RecordBatch& batch, const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    const int at = FindField(batch.schema()->fields(), field->name());
    columns.push_back(at < 0 ? TRY(Nulls(field->type(), batch.num_rows()))
                             : TRY(ConformArray(batch.column(at), field->type())));
  }
  return arrow::RecordBatch::Make(schema, batch.num_rows(), std::move(columns));
}

}  // namespace foreset::lake
