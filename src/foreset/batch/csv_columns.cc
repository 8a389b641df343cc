// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_columns.h"

#include <functional>
#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/result.h>
#include <arrow/type.h>

namespace foreset::batch {
namespace {

// `Value`: what is held between Read and Keep.
template <typename Builder, typename Value>
class TypedReader final : public ColumnReader {
 public:
  using Parse = std::function<Refusal(std::string_view, Value&)>;
  TypedReader(const std::shared_ptr<arrow::DataType>& type, Parse parse)
      : builder_(type, arrow::default_memory_pool()), parse_(std::move(parse)) {}

  Refusal Read(std::string_view text) override { return parse_(text, value_); }
  arrow::Status Keep() override { return builder_.Append(value_); }
  arrow::Status KeepNull() override { return builder_.AppendNull(); }
  arrow::Result<std::shared_ptr<arrow::Array>> Take() override { return builder_.Finish(); }

 private:
  Builder builder_;
  Parse parse_;
  Value value_{};
};

class TextReader final : public ColumnReader {
 public:
  bool is_text() const override { return true; }
  Refusal Read(std::string_view text) override {
    value_ = text;
    return nullptr;
  }
  arrow::Status Keep() override { return builder_.Append(value_); }
  arrow::Status KeepNull() override { return builder_.AppendNull(); }
  arrow::Result<std::shared_ptr<arrow::Array>> Take() override { return builder_.Finish(); }

 private:
  arrow::StringBuilder builder_;
  std::string_view value_;
};

template <typename Builder>
std::unique_ptr<ColumnReader> Integers(const std::shared_ptr<arrow::DataType>& type,
                                       const ValueFormat& format, std::int64_t least,
                                       std::int64_t most) {
  using Value = typename Builder::value_type;
  return std::make_unique<TypedReader<Builder, Value>>(
      type, [&format, least, most](std::string_view text, Value& value) {
        std::int64_t wide = 0;
        const Refusal refusal = ReadInteger(text, format, least, most, wide);
        value = static_cast<Value>(wide);
        return refusal;
      });
}

template <typename Builder>
std::unique_ptr<ColumnReader> WholeRange(const std::shared_ptr<arrow::DataType>& type,
                                         const ValueFormat& format) {
  using Limits = std::numeric_limits<typename Builder::value_type>;
  return Integers<Builder>(type, format, Limits::min(), Limits::max());
}

std::unique_ptr<ColumnReader> Decimals(const std::shared_ptr<arrow::DataType>& type,
                                       const ValueFormat& format) {
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(*type);
  return std::make_unique<TypedReader<arrow::Decimal128Builder, arrow::Decimal128>>(
      type, [&format, precision = decimal.precision(), scale = decimal.scale()](
                std::string_view text, arrow::Decimal128& value) {
        return ReadDecimal(text, format, precision, scale, value);
      });
}

// Of 64 bits without a sign: Delta keeps them as decimals.
std::unique_ptr<ColumnReader> Unsigned(const ValueFormat& format) {
  return std::make_unique<TypedReader<arrow::Decimal128Builder, arrow::Decimal128>>(
      arrow::decimal128(20, 0),
      [&format](std::string_view text, arrow::Decimal128& value) -> Refusal {
        if (const Refusal refusal = ReadDecimal(text, format, 20, 0, value)) return refusal;
        const bool fits = text.front() != '-' && value.high_bits() == 0;
        return fits ? nullptr : "the type's range does not hold it";
      });
}

std::unique_ptr<ColumnReader> Times(const arrow::DataType& type, const ValueFormat& format) {
  const bool zoned = !static_cast<const arrow::TimestampType&>(type).timezone().empty();
  return std::make_unique<TypedReader<arrow::TimestampBuilder, std::int64_t>>(
      zoned ? arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")
            : arrow::timestamp(arrow::TimeUnit::MICRO),
      [&format, zoned](std::string_view text, std::int64_t& value) {
        return ReadTimestamp(text, format, zoned, value);
      });
}

template <typename Builder, typename Value>
std::unique_ptr<ColumnReader> Plain(const std::shared_ptr<arrow::DataType>& type,
                                    typename TypedReader<Builder, Value>::Parse parse) {
  return std::make_unique<TypedReader<Builder, Value>>(type, std::move(parse));
}

}  // namespace

std::unique_ptr<ColumnReader> MakeTextReader() { return std::make_unique<TextReader>(); }

std::unique_ptr<ColumnReader> MakeColumnReader(const arrow::DataType& type,
                                               const ValueFormat& format) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
      return MakeTextReader();
    case arrow::Type::BOOL:
      return Plain<arrow::BooleanBuilder, bool>(arrow::boolean(), ReadBoolean);
    case arrow::Type::INT8:
      return WholeRange<arrow::Int8Builder>(arrow::int8(), format);
    case arrow::Type::INT16:
      return WholeRange<arrow::Int16Builder>(arrow::int16(), format);
    case arrow::Type::INT32:
      return WholeRange<arrow::Int32Builder>(arrow::int32(), format);
    case arrow::Type::INT64:
      return WholeRange<arrow::Int64Builder>(arrow::int64(), format);
    case arrow::Type::UINT8:
      return Integers<arrow::Int16Builder>(arrow::int16(), format, 0, 0xff);
    case arrow::Type::UINT16:
      return Integers<arrow::Int32Builder>(arrow::int32(), format, 0, 0xffff);
    case arrow::Type::UINT32:
      return Integers<arrow::Int64Builder>(arrow::int64(), format, 0, 0xffff'ffff);
    case arrow::Type::UINT64:
      return Unsigned(format);
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return Decimals(arrow::decimal128(decimal.precision(), decimal.scale()), format);
    }
    case arrow::Type::FLOAT:
      return Plain<arrow::FloatBuilder, float>(arrow::float32(),
                                               [&format](std::string_view text, float& value) {
                                                 return ReadFloat(text, format, value);
                                               });
    case arrow::Type::DOUBLE:
      return Plain<arrow::DoubleBuilder, double>(arrow::float64(),
                                                 [&format](std::string_view text, double& value) {
                                                   return ReadDouble(text, format, value);
                                                 });
    case arrow::Type::DATE32:
      return Plain<arrow::Date32Builder, std::int32_t>(
          arrow::date32(), [&format](std::string_view text, std::int32_t& value) {
            return ReadDate(text, format, value);
          });
    case arrow::Type::TIMESTAMP:
      return Times(type, format);
    default:
      return nullptr;
  }
}

}  // namespace foreset::batch
