// SPDX-License-Identifier: MIT
#include "foreset/cli/output/cell_text.h"

#include <cmath>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include "foreset/base/time_text.h"
#include "foreset/cli/output/binary_text.h"
#include "foreset/model/decimal_text.h"

namespace foreset::cli {
namespace {

// Microseconds of a timestamp column's ticks.
std::int64_t ToMicroseconds(std::int64_t ticks, arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return ticks * 1'000'000;
    case arrow::TimeUnit::MILLI:
      return ticks * 1'000;
    case arrow::TimeUnit::MICRO:
      return ticks;
    case arrow::TimeUnit::NANO:
      return ticks / 1'000 - (ticks % 1'000 < 0 ? 1 : 0);
  }
  return ticks;
}

template <typename ArrayType>
auto ValueAt(const arrow::Array& column, std::int64_t row) {
  return static_cast<const ArrayType&>(column).GetView(row);
}

bool IsInteger(arrow::Type::type id) {
  return id >= arrow::Type::UINT8 && id <= arrow::Type::INT64;
}

std::string IntegerText(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::UINT8:
      return std::to_string(ValueAt<arrow::UInt8Array>(column, row));
    case arrow::Type::INT8:
      return std::to_string(ValueAt<arrow::Int8Array>(column, row));
    case arrow::Type::UINT16:
      return std::to_string(ValueAt<arrow::UInt16Array>(column, row));
    case arrow::Type::INT16:
      return std::to_string(ValueAt<arrow::Int16Array>(column, row));
    case arrow::Type::UINT32:
      return std::to_string(ValueAt<arrow::UInt32Array>(column, row));
    case arrow::Type::INT32:
      return std::to_string(ValueAt<arrow::Int32Array>(column, row));
    case arrow::Type::UINT64:
      return std::to_string(ValueAt<arrow::UInt64Array>(column, row));
    default:
      return std::to_string(ValueAt<arrow::Int64Array>(column, row));
  }
}

template <typename Float>
std::string FloatText(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", value);
}

bool IsFinite(const arrow::Array& column, std::int64_t row) {
  return column.type_id() == arrow::Type::FLOAT
             ? std::isfinite(ValueAt<arrow::FloatArray>(column, row))
             : std::isfinite(ValueAt<arrow::DoubleArray>(column, row));
}

template <typename ArrayType, typename Decimal>
std::string DecimalCell(const arrow::Array& column, std::int64_t row) {
  const auto& type = static_cast<const arrow::DecimalType&>(*column.type());
  const Decimal value(static_cast<const ArrayType&>(column).GetValue(row));
  return DecimalText(value.ToIntegerString(), type.scale());
}

std::string TimestampCell(const arrow::Array& column, std::int64_t row) {
  constexpr std::int64_t kNanosOfMicro = 1'000;
  const auto& type = static_cast<const arrow::TimestampType&>(*column.type());
  const std::int64_t ticks = ValueAt<arrow::TimestampArray>(column, row);
  const std::int64_t micros = ToMicroseconds(ticks, type.unit());
  std::string text = TimestampText(micros, false);
  const bool finer = type.unit() == arrow::TimeUnit::NANO && ticks % kNanosOfMicro != 0;
  if (finer && !text.contains('.')) text += ".000000";
  if (finer) text += fmt::format("{:03}", ticks - micros * kNanosOfMicro);
  return type.timezone().empty() ? text : text + "Z";
}

// The bytes of a character or binary column; null for any other type.
const std::string_view* BytesAt(const arrow::Array& column, std::int64_t row,
                                std::string_view& bytes) {
  switch (column.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      bytes = ValueAt<arrow::BinaryArray>(column, row);
      return &bytes;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      bytes = ValueAt<arrow::LargeBinaryArray>(column, row);
      return &bytes;
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      bytes = ValueAt<arrow::BinaryViewArray>(column, row);
      return &bytes;
    case arrow::Type::FIXED_SIZE_BINARY:
      bytes = ValueAt<arrow::FixedSizeBinaryArray>(column, row);
      return &bytes;
    default:
      return nullptr;
  }
}

bool IsText(arrow::Type::type id) {
  return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING ||
         id == arrow::Type::STRING_VIEW;
}

// What no case above knows is said as Arrow says it.
std::string OtherText(const arrow::Array& column, std::int64_t row) {
  const auto scalar = column.GetScalar(row);
  return scalar.ok() ? (*scalar)->ToString() : "?";
}

std::string FlatText(const arrow::Array& column, std::int64_t row) {
  const arrow::Type::type id = column.type_id();
  if (IsInteger(id)) return IntegerText(column, row);
  switch (id) {
    case arrow::Type::BOOL:
      return ValueAt<arrow::BooleanArray>(column, row) ? "true" : "false";
    case arrow::Type::FLOAT:
      return FloatText(ValueAt<arrow::FloatArray>(column, row));
    case arrow::Type::DOUBLE:
      return FloatText(ValueAt<arrow::DoubleArray>(column, row));
    case arrow::Type::DECIMAL128:
      return DecimalCell<arrow::Decimal128Array, arrow::Decimal128>(column, row);
    case arrow::Type::DECIMAL256:
      return DecimalCell<arrow::Decimal256Array, arrow::Decimal256>(column, row);
    case arrow::Type::DATE32:
      return DateText(ValueAt<arrow::Date32Array>(column, row));
    case arrow::Type::TIMESTAMP:
      return TimestampCell(column, row);
    default:
      break;
  }
  if (std::string_view bytes; BytesAt(column, row, bytes) != nullptr) {
    return IsText(id) ? std::string(bytes) : HexText(bytes);
  }
  return OtherText(column, row);
}

void WriteStruct(const arrow::StructArray& column, std::int64_t row, JsonWriter& json) {
  json.BeginObject();
  for (int i = 0; i < column.num_fields(); ++i) {
    json.Key(column.struct_type()->field(i)->name());
    WriteCellJson(*column.field(i), row, json);
  }
  json.EndObject();
}

void WriteMap(const arrow::MapArray& column, std::int64_t row, JsonWriter& json) {
  const bool object = IsText(column.keys()->type_id());
  object ? json.BeginObject() : json.BeginArray();
  for (auto i = column.value_offset(row); i < column.value_offset(row + 1); ++i) {
    if (object) {
      json.Key(CellText(*column.keys(), i));
    } else {
      json.BeginObject().Key("key");
      WriteCellJson(*column.keys(), i, json);
      json.Key("value");
    }
    WriteCellJson(*column.items(), i, json);
    if (!object) json.EndObject();
  }
  object ? json.EndObject() : json.EndArray();
}

template <typename ListArray>
void WriteList(const ListArray& column, std::int64_t row, JsonWriter& json) {
  json.BeginArray();
  for (auto i = column.value_offset(row); i < column.value_offset(row + 1); ++i) {
    WriteCellJson(*column.values(), i, json);
  }
  json.EndArray();
}

// True when the column was of a nested type, and written.
bool WriteNested(const arrow::Array& column, std::int64_t row, JsonWriter& json) {
  switch (column.type_id()) {
    case arrow::Type::STRUCT:
      WriteStruct(static_cast<const arrow::StructArray&>(column), row, json);
      return true;
    case arrow::Type::MAP:
      WriteMap(static_cast<const arrow::MapArray&>(column), row, json);
      return true;
    case arrow::Type::LIST:
      WriteList(static_cast<const arrow::ListArray&>(column), row, json);
      return true;
    case arrow::Type::LARGE_LIST:
      WriteList(static_cast<const arrow::LargeListArray&>(column), row, json);
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string CellText(const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return "NULL";
  if (column.type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(column);
    return CellText(*dictionary.dictionary(), dictionary.GetValueIndex(row));
  }
  JsonWriter json;
  if (WriteNested(column, row, json)) return json.Take();
  return FlatText(column, row);
}

void WriteCellJson(const arrow::Array& column, std::int64_t row, JsonWriter& json) {
  if (column.IsNull(row)) {
    json.Null();
    return;
  }
  if (column.type_id() == arrow::Type::DICTIONARY) {
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(column);
    WriteCellJson(*dictionary.dictionary(), dictionary.GetValueIndex(row), json);
    return;
  }
  if (WriteNested(column, row, json)) return;
  const arrow::Type::type id = column.type_id();
  const bool number =
      IsInteger(id) || id == arrow::Type::BOOL ||
      ((id == arrow::Type::FLOAT || id == arrow::Type::DOUBLE) && IsFinite(column, row));
  if (number) {
    json.Raw(FlatText(column, row));
  } else if (std::string_view bytes; !IsText(id) && BytesAt(column, row, bytes) != nullptr) {
    json.String(Base64Text(bytes));
  } else {
    json.String(FlatText(column, row));
  }
}

}  // namespace foreset::cli
