// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arrow/util/decimal.h>

namespace foreset::debezium {

// The precision and scale of a column.
struct DecimalSize {
  std::uint32_t precision = 0;
  std::uint32_t scale = 0;
};

// What to do with digits behind the column's scale that are not zero.
enum class ExtraDigits : std::uint8_t {
  kRefuse,
  kRound,  // half away from zero: for texts of binary floating-point numbers
};

// A decimal number of the column's scale: its digits without sign, point and leading zeros (at
// least one digit).
struct DecimalDigits {
  bool negative = false;
  std::string digits;
};

// Reads "-12.50", "1.25E+3". False when it is not a number or does not fit the type.
bool ReadDecimalText(std::string_view text, DecimalSize type, ExtraDigits extra,
                     DecimalDigits& out);
// Reads a two's complement, big-endian number of `scale` decimal places, as java.math.BigInteger
// writes it (no byte more than needed). False when it is none or does not fit the type.
bool ReadDecimalBytes(std::string_view bytes, std::uint32_t scale, DecimalSize type,
                      DecimalDigits& out);
// The same for types of at most 38 digits, of the bytes' own scale.
bool ReadDecimalBytes(std::string_view bytes, std::uint32_t precision, arrow::Decimal128& out);

// At most 38 digits.
arrow::Decimal128 ToDecimal128(const DecimalDigits& number);
// As the server shows it: "-0.05" with exactly `scale` digits behind the point.
void AppendDecimalText(const DecimalDigits& number, std::uint32_t scale, std::string& out);

}  // namespace foreset::debezium
