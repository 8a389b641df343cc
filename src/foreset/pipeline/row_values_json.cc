// SPDX-License-Identifier: MIT
#include "foreset/pipeline/row_values_json.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"

namespace foreset::pipeline {
namespace {

std::string HexOf(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

void WriteValue(const arrow::Scalar& value, JsonWriter& json) {
  const arrow::Type::type type = value.type->id();
  if (!value.is_valid) {
    json.Null();
  } else if (type == arrow::Type::BINARY) {
    json.String(HexOf(static_cast<const arrow::BinaryScalar&>(value).view()));
  } else if (type == arrow::Type::BOOL) {
    json.Bool(static_cast<const arrow::BooleanScalar&>(value).value);
  } else if (type == arrow::Type::FLOAT) {
    json.Double(static_cast<const arrow::FloatScalar&>(value).value);
  } else if (type == arrow::Type::DOUBLE) {
    json.Double(static_cast<const arrow::DoubleScalar&>(value).value);
  } else if (arrow::is_integer(type) || arrow::is_decimal(type)) {
    json.Raw(value.ToString());
  } else {
    json.String(value.ToString());
  }
}

}  // namespace

std::string RowValuesJson(const arrow::RecordBatch& rows, std::int64_t row) {
  JsonWriter json;
  json.BeginObject();
  for (int i = 0; i < rows.num_columns(); ++i) {
    json.Key(rows.schema()->field(i)->name());
    const auto value = rows.column(i)->GetScalar(row);
    value.ok() ? WriteValue(**value, json) : static_cast<void>(json.Null());
  }
  json.EndObject();
  return json.Take();
}

}  // namespace foreset::pipeline
