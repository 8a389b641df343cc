// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <arrow/util/decimal.h>

#include "foreset/base/byte_reader.h"

namespace foreset::mysql {

// MySQL's binary DECIMAL: groups of nine digits in four bytes, big-endian, the sign in the first
// bit (set: not negative; all bits of a negative number are inverted), first and last group short.
struct DecimalShape {
  std::uint8_t precision = 0;  // digits in all: 1 to 65, in JSON with whole groups up to 81
  std::uint8_t scale = 0;      // of them after the point, at most 30 (MariaDB: 38)

  // Nine groups of nine digits: the most that any value of the server has.
  static constexpr std::uint8_t kMaxPrecision = 81;
  bool valid() const { return precision >= 1 && precision <= kMaxPrecision && scale <= precision; }
  // Bytes that a value takes; the shape must be valid.
  std::size_t bytes() const;
};

// Both need exactly shape.bytes() bytes and a valid shape. False when a group is above its
// greatest value.
// For up to 38 digits: the unscaled value.
bool UnpackDecimal(Bytes packed, DecimalShape shape, arrow::Decimal128& out);
// As the server shows it: "-0.50", all digits of the scale; of a ZEROFILL column all digits before
// the point, too. Appends.
bool AppendDecimalText(Bytes packed, DecimalShape shape, bool zero_filled, std::string& out);

}  // namespace foreset::mysql
