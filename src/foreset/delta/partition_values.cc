// SPDX-License-Identifier: MIT
#include "foreset/delta/partition_values.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include <arrow/buffer.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

namespace foreset::delta {
namespace {

using ScalarPtr = std::shared_ptr<arrow::Scalar>;
using ArrowType = std::shared_ptr<arrow::DataType>;

// Reads a text from its front. Once something is not there, it stays failed.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  bool Skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Expect(char c) { ok_ = Skip(c) && ok_; }
  // Between `least` and `most` digits.
  std::int64_t Digits(std::size_t least, std::size_t most) {
    std::int64_t value = 0;
    std::size_t count = 0;
    while (count < most && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
      ++count;
    }
    if (count < least) ok_ = false;
    return value;
  }
  std::size_t remaining() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

bool IsLeap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar, counted from a March-based year.
std::int64_t DaysOf(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// "[+-]y…y-mm-dd"
std::optional<std::int64_t> ReadDate(TextCursor& text) {
  const bool negative = text.Skip('-');
  if (!negative) (void)text.Skip('+');
  const std::int64_t year = text.Digits(4, 6) * (negative ? -1 : 1);
  text.Expect('-');
  const std::int64_t month = text.Digits(1, 2);
  text.Expect('-');
  const std::int64_t day = text.Digits(1, 2);
  if (!text.ok() || month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) {
    return std::nullopt;
  }
  return DaysOf(year, month, day);
}

// "hh:mm:ss[.f…]" in microseconds.
std::optional<std::int64_t> ReadTime(TextCursor& text) {
  const std::int64_t hour = text.Digits(1, 2);
  text.Expect(':');
  const std::int64_t minute = text.Digits(2, 2);
  std::int64_t second = 0;
  std::int64_t micros = 0;
  if (text.Skip(':')) {
    second = text.Digits(2, 2);
    if (text.Skip('.')) {
      const std::size_t before = text.remaining();
      micros = text.Digits(1, 6);
      for (std::size_t digits = before - text.remaining(); digits < 6; ++digits) micros *= 10;
      (void)text.Digits(0, 3);  // nanoseconds are cut off
    }
  }
  if (!text.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return ((hour * 60 + minute) * 60 + second) * 1'000'000 + micros;
}

// "Z", "+hh:mm", "-hh:mm" or nothing, in microseconds to subtract.
std::optional<std::int64_t> ReadOffset(TextCursor& text) {
  if (text.Skip('Z') || text.done()) return 0;
  const bool negative = text.Skip('-');
  if (!negative) text.Expect('+');
  const std::int64_t hours = text.Digits(2, 2);
  (void)text.Skip(':');
  const std::int64_t minutes = text.Digits(2, 2);
  if (!text.ok() || hours > 18 || minutes > 59) return std::nullopt;
  return (hours * 60 + minutes) * 60 * 1'000'000 * (negative ? -1 : 1);
}

std::optional<std::int64_t> ParseDate(std::string_view value) {
  TextCursor text(value);
  const auto days = ReadDate(text);
  return days && text.done() ? days : std::nullopt;
}

std::optional<std::int64_t> ParseTimestamp(std::string_view value) {
  constexpr std::int64_t kDayMicros = 86'400'000'000;
  constexpr std::int64_t kMaxDays = INT64_MAX / kDayMicros - 2;
  TextCursor text(value);
  const auto days = ReadDate(text);
  if (!days || *days > kMaxDays || *days < -kMaxDays) return std::nullopt;
  if (text.done()) return *days * kDayMicros;
  if (!text.Skip('T')) text.Expect(' ');
  const auto time = ReadTime(text);
  if (!time) return std::nullopt;
  const auto offset = ReadOffset(text);
  if (!offset || !text.done()) return std::nullopt;
  return *days * kDayMicros + *time - *offset;
}

template <typename T>
std::optional<T> ParseNumber(std::string_view text) {
  T value{};
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename ScalarType, typename T>
ScalarPtr Made(std::optional<T> value, const ArrowType& type) {
  if (!value) return nullptr;
  return std::make_shared<ScalarType>(*value, type);
}

template <typename ScalarType, typename T>
ScalarPtr Made(std::optional<T> value) {
  if (!value) return nullptr;
  return std::make_shared<ScalarType>(*value);
}

// Spark's spellings besides those of C.
template <typename T>
std::optional<T> ParseFloat(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (text == "Infinity" || text == "+Infinity") return std::numeric_limits<T>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<T>::infinity();
  return ParseNumber<T>(text);
}

ScalarPtr ParseDecimal(const std::string& text, const ArrowType& type) {
  arrow::Decimal128 value;
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  if (!arrow::Decimal128::FromString(text, &value, &precision, &scale).ok()) return nullptr;
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(*type);
  const auto rescaled = value.Rescale(scale, decimal.scale());
  if (!rescaled.ok() || !rescaled->FitsInPrecision(decimal.precision())) return nullptr;
  return std::make_shared<arrow::Decimal128Scalar>(*rescaled, type);
}

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<std::int32_t> ToDays(std::optional<std::int64_t> days) {
  if (!days) return std::nullopt;
  return static_cast<std::int32_t>(*days);
}

// Null when the text is no such value.
ScalarPtr Parse(const std::string& text, const ArrowType& type) {
  switch (type->id()) {
    case arrow::Type::STRING:
      return std::make_shared<arrow::StringScalar>(text);
    case arrow::Type::BINARY:
      return std::make_shared<arrow::BinaryScalar>(arrow::Buffer::FromString(text));
    case arrow::Type::INT8:
      return Made<arrow::Int8Scalar>(ParseNumber<std::int8_t>(text));
    case arrow::Type::INT16:
      return Made<arrow::Int16Scalar>(ParseNumber<std::int16_t>(text));
    case arrow::Type::INT32:
      return Made<arrow::Int32Scalar>(ParseNumber<std::int32_t>(text));
    case arrow::Type::INT64:
      return Made<arrow::Int64Scalar>(ParseNumber<std::int64_t>(text));
    case arrow::Type::FLOAT:
      return Made<arrow::FloatScalar>(ParseFloat<float>(text));
    case arrow::Type::DOUBLE:
      return Made<arrow::DoubleScalar>(ParseFloat<double>(text));
    case arrow::Type::BOOL:
      return Made<arrow::BooleanScalar>(ParseBool(text));
    case arrow::Type::DATE32:
      return Made<arrow::Date32Scalar>(ToDays(ParseDate(text)));
    case arrow::Type::TIMESTAMP:
      return Made<arrow::TimestampScalar>(ParseTimestamp(text), type);
    case arrow::Type::DECIMAL128:
      return ParseDecimal(text, type);
    default:
      return nullptr;
  }
}

}  // namespace

Result<std::shared_ptr<arrow::Scalar>> ParsePartitionValue(const std::optional<std::string>& text,
                                                           const ArrowType& type) {
  if (!text || text->empty()) return arrow::MakeNullScalar(type);
  ScalarPtr value = Parse(*text, type);
  if (value == nullptr) {
    return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
               fmt::format("the partition value '{}' is no {}", *text, type->ToString()));
  }
  return value;
}

}  // namespace foreset::delta
