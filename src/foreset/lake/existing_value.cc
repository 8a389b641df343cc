// SPDX-License-Identifier: MIT
#include "foreset/lake/existing_value.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include <arrow/buffer.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/time_units.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

constexpr std::size_t kFractionDigits = 6;

std::optional<std::int64_t> Number(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "[-]HHH:MM:SS[.ffffff]"
std::optional<std::int64_t> TimeMicros(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t fraction = 0;
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    std::string digits(text.substr(dot + 1));
    digits.resize(kFractionDigits, '0');
    fraction = Number(digits).value_or(0);
    text = text.substr(0, dot);
  }
  const std::size_t seconds_at = text.rfind(':');
  const std::size_t minutes_at = text.find(':');
  if (minutes_at == std::string_view::npos || seconds_at == minutes_at) return std::nullopt;
  const auto hours = Number(text.substr(0, minutes_at));
  const auto minutes = Number(text.substr(minutes_at + 1, seconds_at - minutes_at - 1));
  const auto seconds = Number(text.substr(seconds_at + 1));
  if (!hours || !minutes || !seconds) return std::nullopt;
  const std::int64_t micros =
      ((*hours * 60 + *minutes) * 60 + *seconds) * kMicrosPerSecond + fraction;
  return negative ? -micros : micros;
}

// "b'101'", or the bytes themselves, which earlier versions recorded: eight bits each, so that only
// the text is longer than the column has bytes.
std::uint64_t BitsOf(const ColumnSchema& column, std::string_view text) {
  std::uint64_t value = 0;
  if (text.size() > (column.length + 7) / 8 && text.starts_with("b'") && text.ends_with('\'')) {
    const std::string_view digits = text.substr(2, text.size() - 3);
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 2);
    return value;
  }
  if (column.length == 1 && (text == "0" || text == "1")) return text == "1" ? 1 : 0;
  for (const char byte : text) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::shared_ptr<arrow::Scalar> BitScalar(const ColumnSchema& column, std::string_view text) {
  const std::uint64_t bits = BitsOf(column, text);
  if (column.length == 1) return std::make_shared<arrow::BooleanScalar>(bits != 0);
  std::string bytes((column.length + 7) / 8, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[bytes.size() - 1 - i] = static_cast<char>(bits >> (8 * i) & 0xFFU);
  }
  return std::make_shared<arrow::BinaryScalar>(arrow::Buffer::FromString(std::move(bytes)));
}

bool IsZeroDate(const ColumnSchema& column, std::string_view text) {
  const bool has_date = column.type == SourceType::kDate || column.type == SourceType::kDateTime ||
                        column.type == SourceType::kTimestamp;
  return has_date && (text.starts_with("0000-") || text.find("-00") != std::string_view::npos);
}

std::unexpected<Error> NoValue(const ColumnSchema& column, std::string_view text) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaChangeNotFollowed,
             fmt::format("'{}' is no value of the new column '{}' ({})", text, column.name,
                         column.declared_type));
}

}  // namespace

Result<std::shared_ptr<arrow::Scalar>> ParseExistingValue(const ColumnSchema& column,
                                                          std::string_view text,
                                                          DateTimeAs datetime) {
  if (IsZeroDate(column, text)) return std::shared_ptr<arrow::Scalar>();
  if (column.type == SourceType::kBit) return BitScalar(column, text);
  if (column.type == SourceType::kTime) {
    const auto micros = TimeMicros(text);
    if (!micros) return NoValue(column, text);
    return std::make_shared<arrow::Int64Scalar>(*micros);
  }
  const auto type = ArrowTypeOf(column, datetime);
  const bool bytes = type->id() == arrow::Type::STRING || type->id() == arrow::Type::BINARY;
  if (bytes) {
    return FromArrow(arrow::MakeScalar(type, arrow::Buffer::FromString(std::string(text))));
  }
  if (type->id() == arrow::Type::DECIMAL128) {
    const auto& decimal_type = static_cast<const arrow::Decimal128Type&>(*type);
    arrow::Decimal128 value;
    std::int32_t precision = 0;
    std::int32_t scale = 0;
    if (!arrow::Decimal128::FromString(text, &value, &precision, &scale).ok()) {
      return NoValue(column, text);
    }
    auto scaled = value.Rescale(scale, decimal_type.scale());
    if (!scaled.ok()) return NoValue(column, text);
    return std::make_shared<arrow::Decimal128Scalar>(*scaled, type);
  }
  if (type->id() == arrow::Type::TIMESTAMP) {
    // The text has no zone; both kinds count microseconds of what it shows.
    auto parsed = arrow::Scalar::Parse(arrow::timestamp(arrow::TimeUnit::MICRO), text);
    if (!parsed.ok()) return NoValue(column, text);
    const std::int64_t micros = static_cast<const arrow::TimestampScalar&>(**parsed).value;
    return std::make_shared<arrow::TimestampScalar>(micros, type);
  }
  // The server rounds a FLOAT from the DOUBLE that it reads.
  const bool is_float = type->id() == arrow::Type::FLOAT;
  auto parsed = arrow::Scalar::Parse(is_float ? arrow::float64() : type, text);
  if (!parsed.ok()) return NoValue(column, text);
  if (!is_float) return std::move(parsed).MoveValueUnsafe();
  const double wide = static_cast<const arrow::DoubleScalar&>(**parsed).value;
  return std::make_shared<arrow::FloatScalar>(static_cast<float>(wide));
}

}  // namespace foreset::lake
