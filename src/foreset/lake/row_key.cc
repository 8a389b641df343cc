// SPDX-License-Identifier: MIT
#include "foreset/lake/row_key.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

namespace foreset::lake {
namespace {

using arrow::internal::checked_cast;
using Append = void (*)(const arrow::Array& values, std::int64_t row, std::string& out);

constexpr char kNull = '\0';
constexpr char kPresent = '\1';

void AppendRaw(std::string& out, const void* bytes, std::size_t size) {
  out.append(static_cast<const char*>(bytes), size);
}

template <typename ArrayType>
void AppendInteger(const arrow::Array& values, std::int64_t row, std::string& out) {
  const std::int64_t value = checked_cast<const ArrayType&>(values).Value(row);
  AppendRaw(out, &value, sizeof(value));
}

void AppendReal(double value, std::string& out) {
  if (value == 0) value = 0;  // drops the sign of zero
  AppendRaw(out, &value, sizeof(value));
}

template <typename ArrayType>
void AppendFloating(const arrow::Array& values, std::int64_t row, std::string& out) {
  AppendReal(checked_cast<const ArrayType&>(values).Value(row), out);
}

void AppendText(const arrow::Array& values, std::int64_t row, std::string& out) {
  const std::string_view text = checked_cast<const arrow::BinaryArray&>(values).GetView(row);
  const auto size = static_cast<std::uint32_t>(text.size());
  AppendRaw(out, &size, sizeof(size));
  out.append(text);
}

void AppendDecimal(const arrow::Array& values, std::int64_t row, std::string& out) {
  const auto& decimals = checked_cast<const arrow::Decimal128Array&>(values);
  AppendRaw(out, decimals.GetValue(row), static_cast<std::size_t>(decimals.byte_width()));
}

void AppendVector(const arrow::Array& values, std::int64_t row, std::string& out) {
  const auto& lists = checked_cast<const arrow::ListArray&>(values);
  const auto& elements = checked_cast<const arrow::FloatArray&>(*lists.values());
  const std::int32_t size = lists.value_length(row);
  AppendRaw(out, &size, sizeof(size));
  for (std::int32_t i = 0; i < size; ++i) {
    AppendReal(elements.Value(lists.value_offset(row) + i), out);
  }
}

// Null for types that no source column has.
Append AppendFor(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return AppendInteger<arrow::BooleanArray>;
    case arrow::Type::INT8:
      return AppendInteger<arrow::Int8Array>;
    case arrow::Type::INT16:
      return AppendInteger<arrow::Int16Array>;
    case arrow::Type::INT32:
      return AppendInteger<arrow::Int32Array>;
    case arrow::Type::INT64:
      return AppendInteger<arrow::Int64Array>;
    case arrow::Type::DATE32:
      return AppendInteger<arrow::Date32Array>;
    case arrow::Type::TIMESTAMP:
      return AppendInteger<arrow::TimestampArray>;
    case arrow::Type::FLOAT:
      return AppendFloating<arrow::FloatArray>;
    case arrow::Type::DOUBLE:
      return AppendFloating<arrow::DoubleArray>;
    case arrow::Type::DECIMAL128:
      return AppendDecimal;
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return AppendText;
    case arrow::Type::LIST:
      return AppendVector;
    default:
      return nullptr;
  }
}

}  // namespace

RowKey::RowKey(std::vector<int> columns, bool whole_row)
    : columns_(std::move(columns)), whole_row_(whole_row) {}

Result<std::vector<Hash128>> RowKey::Digests(const arrow::RecordBatch& batch) const {
  std::vector<std::pair<const arrow::Array*, Append>> parts;
  for (const int column : columns_) {
    const arrow::Array& values = *batch.column(column);
    const Append append = AppendFor(*values.type());
    if (append == nullptr) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal,
                 fmt::format("no digest for column '{}' of type {}",
                             batch.schema()->field(column)->name(), values.type()->ToString()));
    }
    parts.emplace_back(&values, append);
  }
  std::vector<Hash128> digests(static_cast<std::size_t>(batch.num_rows()));
  std::string bytes;
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    bytes.clear();
    for (const auto& [values, append] : parts) {
      const bool present = values->IsValid(row);
      bytes.push_back(present ? kPresent : kNull);
      if (present) append(*values, row, bytes);
    }
    digests[static_cast<std::size_t>(row)] = HashBytes(bytes);
  }
  return digests;
}

}  // namespace foreset::lake
