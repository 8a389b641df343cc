// SPDX-License-Identifier: MIT
#include "foreset/model/arrow_types.h"

#include <arrow/type.h>

namespace foreset {
namespace {

constexpr std::uint32_t kMaxDecimalPrecision = 38;

std::shared_ptr<arrow::DataType> IntegerType(const ColumnSchema& column) {
  switch (column.type) {
    case SourceType::kTinyInt:
      return column.is_unsigned ? arrow::int16() : arrow::int8();
    case SourceType::kSmallInt:
      return column.is_unsigned ? arrow::int32() : arrow::int16();
    case SourceType::kMediumInt:
      return arrow::int32();
    case SourceType::kInt:
      return column.is_unsigned ? arrow::int64() : arrow::int32();
    default:
      return column.is_unsigned ? arrow::decimal128(20, 0) : arrow::int64();
  }
}

std::shared_ptr<arrow::DataType> DecimalType(const ColumnSchema& column) {
  if (column.length > kMaxDecimalPrecision) return arrow::utf8();
  return arrow::decimal128(static_cast<std::int32_t>(column.length),
                           static_cast<std::int32_t>(column.scale));
}

}  // namespace

std::shared_ptr<arrow::DataType> ArrowTypeOf(const ColumnSchema& column, DateTimeAs datetime) {
  switch (column.type) {
    case SourceType::kTinyInt:
    case SourceType::kSmallInt:
    case SourceType::kMediumInt:
    case SourceType::kInt:
    case SourceType::kBigInt:
      return IntegerType(column);
    case SourceType::kFloat:
      return arrow::float32();
    case SourceType::kDouble:
      return arrow::float64();
    case SourceType::kDecimal:
      return DecimalType(column);
    case SourceType::kBit:
      return column.length == 1 ? arrow::boolean() : arrow::binary();
    case SourceType::kYear:
      return arrow::int16();
    case SourceType::kDate:
      return arrow::date32();
    case SourceType::kTime:
      return arrow::int64();
    case SourceType::kDateTime:
      return datetime == DateTimeAs::kUtc ? arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")
                                          : arrow::timestamp(arrow::TimeUnit::MICRO);
    case SourceType::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
    case SourceType::kGeometry:
      return arrow::binary();
    case SourceType::kVector:
      return arrow::list(arrow::field("element", arrow::float32()));
    default:
      return arrow::utf8();
  }
}

std::shared_ptr<arrow::Schema> ArrowSchemaOf(const TableSchema& schema, DateTimeAs datetime) {
  arrow::FieldVector fields;
  fields.reserve(schema.columns.size());
  for (const ColumnSchema& column : schema.columns) {
    fields.push_back(arrow::field(column.name, ArrowTypeOf(column, datetime)));
  }
  return arrow::schema(std::move(fields));
}

}  // namespace foreset
