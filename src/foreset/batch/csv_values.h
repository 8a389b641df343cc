// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <arrow/util/decimal.h>

#include "foreset/batch/time_format.h"

// Texts of fields as values of a type, exactly: a text is read when the value says all that it
// says, and refused otherwise. Nothing is trimmed, rounded, cut or completed.
namespace foreset::batch {

// How a file writes values.
struct ValueFormat {
  char decimal = '.';
  char thousands = '\0';                // none
  std::optional<TimeFormat> date;       // absent: as ReadIsoTime reads it
  std::optional<TimeFormat> timestamp;  // the same
};

// Why a text is refused, as the end of a sentence about it; null when it was read.
using Refusal = const char*;

// The parts of a number in plain writing: "-1234.50", "1e-7".
struct NumberText {
  bool negative = false;
  std::string_view whole;     // digits before the point, thousands left out
  std::string_view fraction;  // and after it
  bool has_exponent = false;
  int exponent = 0;
};
// Texts with leading zeros, a plus sign, blanks or underscores are none. `buffer` keeps the digits.
Refusal ReadNumber(std::string_view text, const ValueFormat& format, std::string& buffer,
                   NumberText& number);

Refusal ReadInteger(std::string_view text, const ValueFormat& format, std::int64_t least,
                    std::int64_t most, std::int64_t& value);
// Zeros may stand beyond the scale.
Refusal ReadDecimal(std::string_view text, const ValueFormat& format, int precision, int scale,
                    arrow::Decimal128& value);
// Of the digits that the text has, the value gives back each. Also NaN, Infinity, -Infinity.
Refusal ReadDouble(std::string_view text, const ValueFormat& format, double& value);
Refusal ReadFloat(std::string_view text, const ValueFormat& format, float& value);
// true, false (lower, upper or title case), 1 and 0.
Refusal ReadBoolean(std::string_view text, bool& value);
// A day without a time, in days since 1970-01-01.
Refusal ReadDate(std::string_view text, const ValueFormat& format, std::int32_t& days);
// Microseconds since 1970-01-01. With `zoned` the instant, of a text without offset in UTC;
// without it a text with an offset is refused.
Refusal ReadTimestamp(std::string_view text, const ValueFormat& format, bool zoned,
                      std::int64_t& micros);

}  // namespace foreset::batch
