// SPDX-License-Identifier: MIT
#include "foreset/columnar/retype.h"

#include <utility>
#include <vector>

#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

namespace foreset {
namespace {

// A time without zone is kept as it is read: as UTC.
bool SameTicks(const arrow::DataType& one, const arrow::DataType& other) {
  if (one.id() != arrow::Type::TIMESTAMP || other.id() != arrow::Type::TIMESTAMP) return false;
  return static_cast<const arrow::TimestampType&>(one).unit() ==
         static_cast<const arrow::TimestampType&>(other).unit();
}

// Null when the shapes differ.
std::shared_ptr<arrow::ArrayData> RetypeData(const std::shared_ptr<arrow::ArrayData>& data,
                                             const std::shared_ptr<arrow::DataType>& type) {
  if (data->type->id() != type->id() || data->type->num_fields() != type->num_fields()) {
    return nullptr;
  }
  // Parameters (precision, unit, zone) belong to types without children.
  if (type->num_fields() == 0 && data->type->Equals(*type)) return data;
  if (type->num_fields() == 0 && !SameTicks(*data->type, *type)) return nullptr;
  auto retyped = data->Copy();
  retyped->type = type;
  for (int i = 0; i < type->num_fields(); ++i) {
    const auto child = static_cast<std::size_t>(i);
    retyped->child_data[child] = RetypeData(data->child_data[child], type->field(i)->type());
    if (!retyped->child_data[child]) return nullptr;
  }
  return retyped;
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatch>> Retype(const arrow::RecordBatch& batch,
                                                   const std::shared_ptr<arrow::Schema>& schema) {
  // A batch can be made with fewer arrays than its schema has fields, which num_columns() counts.
  const std::size_t arrays = batch.column_data().size();
  if (arrays != static_cast<std::size_t>(schema->num_fields()) ||
      batch.num_columns() != schema->num_fields()) {
    return Err(
        ErrorKind::kInternal, ErrorCode::kInternal,
        fmt::format("a batch of {} columns where {} were due", arrays, schema->num_fields()));
  }
  std::vector<std::shared_ptr<arrow::ArrayData>> columns;
  for (int i = 0; i < batch.num_columns(); ++i) {
    const auto& field = *schema->field(i);
    columns.push_back(RetypeData(batch.column_data(i), field.type()));
    if (!columns.back()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal,
                 fmt::format("column {}: {} where {} was due", field.name(),
                             batch.column_data(i)->type->ToString(), field.type()->ToString()));
    }
  }
  return arrow::RecordBatch::Make(schema, batch.num_rows(), std::move(columns));
}

}  // namespace foreset
