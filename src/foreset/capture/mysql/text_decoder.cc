// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/text_decoder.h"

#include <bit>
#include <charconv>
#include <cstring>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/text_values.h"
#include "foreset/capture/mysql/unkept_key.h"
#include "foreset/model/arrow_types.h"

namespace foreset::mysql {
namespace {

constexpr std::string_view kAppended = {};
constexpr std::string_view kNotOfType = "the server's text is not of the column's type";

// One builder and the way back to an array; memory is the only thing that can fail.
template <typename Builder>
class BuilderDecoder : public ColumnTextDecoder {
 public:
  explicit BuilderDecoder(const std::shared_ptr<arrow::DataType>& type)
      : builder_(type, arrow::default_memory_pool()) {}

  void AppendNull() override { status_ &= builder_.AppendNull(); }

  Result<std::shared_ptr<arrow::Array>> Finish() override {
    std::shared_ptr<arrow::Array> array;
    status_ &= builder_.Finish(&array);
    if (!status_.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, status_.ToString());
    }
    return array;
  }

 protected:
  std::string_view Rescue(std::string_view reason) {
    AppendNull();
    return reason;
  }
  template <typename Value>
  std::string_view AppendOr(const std::optional<Value>& value, std::string_view reason) {
    if (!value) return Rescue(reason);
    status_ &= builder_.Append(*value);
    return kAppended;
  }

  Builder builder_;
  arrow::Status status_;
};

template <typename Builder>
class IntegerDecoder final : public BuilderDecoder<Builder> {
 public:
  using BuilderDecoder<Builder>::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    typename Builder::value_type value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return this->Rescue(kNotOfType);
    this->status_ &= this->builder_.Append(value);
    return kAppended;
  }
};

template <typename Builder>
class FloatDecoder final : public BuilderDecoder<Builder> {
 public:
  using BuilderDecoder<Builder>::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    double value = 0;  // a FLOAT arrives as the DOUBLE of the same value
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return this->Rescue(kNotOfType);
    this->status_ &= this->builder_.Append(static_cast<typename Builder::value_type>(value));
    return kAppended;
  }
};

class DecimalDecoder final : public BuilderDecoder<arrow::Decimal128Builder> {
 public:
  DecimalDecoder(const std::shared_ptr<arrow::DataType>& type, std::uint32_t scale)
      : BuilderDecoder(type), scale_(scale) {}
  std::string_view Append(std::string_view text) override {
    const std::optional<Int128> value = ParseDecimal(text, scale_);
    if (!value) return Rescue(kNotOfType);
    status_ &= builder_.Append(arrow::Decimal128(static_cast<std::int64_t>(*value >> 64),
                                                 static_cast<std::uint64_t>(*value)));
    return kAppended;
  }

 private:
  const std::uint32_t scale_;
};

class BytesDecoder final : public BuilderDecoder<arrow::BinaryBuilder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    status_ &= builder_.Append(text);
    return kAppended;
  }
};

class TextColumnDecoder final : public BuilderDecoder<arrow::StringBuilder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    status_ &= builder_.Append(text);
    return kAppended;
  }
};

class BooleanDecoder final : public BuilderDecoder<arrow::BooleanBuilder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    status_ &= builder_.Append(!text.empty() && text.back() != '\0');
    return kAppended;
  }
};

class DateDecoder final : public BuilderDecoder<arrow::Date32Builder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    return AppendOr(ParseDate(text), kNotACalendarDate);
  }
};

class DateTimeDecoder final : public BuilderDecoder<arrow::TimestampBuilder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    return AppendOr(ParseDateTime(text), kNotACalendarDate);
  }
};

class TimeDecoder final : public BuilderDecoder<arrow::Int64Builder> {
 public:
  using BuilderDecoder::BuilderDecoder;
  std::string_view Append(std::string_view text) override {
    return AppendOr(ParseTime(text), kNotOfType);
  }
};

// MySQL's VECTOR: little-endian floats, one after the other.
class VectorDecoder final : public ColumnTextDecoder {
 public:
  explicit VectorDecoder(const std::shared_ptr<arrow::DataType>& type)
      : values_(std::make_shared<arrow::FloatBuilder>()),
        builder_(arrow::default_memory_pool(), values_, type) {}

  std::string_view Append(std::string_view text) override {
    static_assert(std::endian::native == std::endian::little);
    if (text.size() % sizeof(float) != 0) {
      AppendNull();
      return kNotOfType;
    }
    status_ &= builder_.Append();
    for (std::size_t i = 0; i < text.size(); i += sizeof(float)) {
      float value = 0;
      std::memcpy(&value, text.data() + i, sizeof(float));
      status_ &= values_->Append(value);
    }
    return kAppended;
  }
  void AppendNull() override { status_ &= builder_.AppendNull(); }
  Result<std::shared_ptr<arrow::Array>> Finish() override {
    std::shared_ptr<arrow::Array> array;
    status_ &= builder_.Finish(&array);
    if (!status_.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, status_.ToString());
    }
    return array;
  }

 private:
  std::shared_ptr<arrow::FloatBuilder> values_;  // shared with the list builder
  arrow::ListBuilder builder_;
  arrow::Status status_;
};

template <typename Decoder, typename... Arguments>
std::unique_ptr<ColumnTextDecoder> Make(const std::shared_ptr<arrow::DataType>& type,
                                        Arguments... arguments) {
  return std::make_unique<Decoder>(type, arguments...);
}

std::unique_ptr<ColumnTextDecoder> Make(const ColumnSchema& column) {
  const std::shared_ptr<arrow::DataType> type = ArrowTypeOf(column);
  if (column.type == SourceType::kTime) return Make<TimeDecoder>(type);
  switch (type->id()) {
    case arrow::Type::INT8:
      return Make<IntegerDecoder<arrow::Int8Builder>>(type);
    case arrow::Type::INT16:
      return Make<IntegerDecoder<arrow::Int16Builder>>(type);
    case arrow::Type::INT32:
      return Make<IntegerDecoder<arrow::Int32Builder>>(type);
    case arrow::Type::INT64:
      return Make<IntegerDecoder<arrow::Int64Builder>>(type);
    case arrow::Type::FLOAT:
      return Make<FloatDecoder<arrow::FloatBuilder>>(type);
    case arrow::Type::DOUBLE:
      return Make<FloatDecoder<arrow::DoubleBuilder>>(type);
    case arrow::Type::DECIMAL128:
      return Make<DecimalDecoder>(type, column.type == SourceType::kDecimal ? column.scale : 0U);
    case arrow::Type::BOOL:
      return Make<BooleanDecoder>(type);
    case arrow::Type::DATE32:
      return Make<DateDecoder>(type);
    case arrow::Type::TIMESTAMP:
      return Make<DateTimeDecoder>(type);
    case arrow::Type::BINARY:
      return Make<BytesDecoder>(type);
    case arrow::Type::LIST:
      return Make<VectorDecoder>(type);
    default:
      return Make<TextColumnDecoder>(type);
  }
}

// Declared with digits, DOUBLE(m,d) is shown rounded to them.
bool IsShownRounded(const ColumnSchema& column) {
  return column.type == SourceType::kFloat ||
         (column.type == SourceType::kDouble && column.declared_type.contains('('));
}

}  // namespace

std::string SelectList(const TableSchema& schema) {
  std::string list;
  for (const ColumnSchema& column : schema.columns) {
    if (!list.empty()) list += ',';
    list += QuoteName(column.name);
    if (IsShownRounded(column)) list += "*1E0";
  }
  return list;
}

TextDecoder::TextDecoder(std::shared_ptr<const TableSchema> schema)
    : schema_(std::move(schema)), arrow_schema_(ArrowSchemaOf(*schema_)), shared_(*schema_) {
  for (const ColumnSchema& column : schema_->columns) columns_.push_back(Make(column));
}

TextDecoder::~TextDecoder() = default;

Status TextDecoder::Append(const SqlRowView& row) {
  if (row.values.size() != columns_.size()) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("{}: {} columns asked, {} received", schema_->id.ToString(),
                           columns_.size(), row.values.size()));
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (row.values[i] == nullptr) {
      columns_[i]->AppendNull();
      continue;
    }
    const std::string_view text(row.values[i], row.lengths[i]);
    bytes_ += text.size() + 1;
    const std::string_view reason = columns_[i]->Append(text);
    if ((!reason.empty() && IsKeyColumn(*schema_, i)) || shared_.Has(i, text)) {
      return std::unexpected(KeyValueNotKept(*schema_, i, text));
    }
    if (!reason.empty()) {
      rescued_.push_back({rows_, schema_->columns[i].name, std::string(text), std::string(reason)});
    }
  }
  ++rows_;
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> TextDecoder::Finish(
    std::vector<RescuedValue>& rescued) {
  arrow::ArrayVector arrays;
  for (const auto& column : columns_) arrays.push_back(TRY(column->Finish()));
  rescued = std::move(rescued_);
  rescued_.clear();
  const auto rows = static_cast<std::int64_t>(rows_);
  rows_ = 0;
  bytes_ = 0;
  return arrow::RecordBatch::Make(arrow_schema_, rows, std::move(arrays));
}

}  // namespace foreset::mysql
