// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/packed_decimal.h"

#include <array>

namespace foreset::mysql {
namespace {

constexpr std::size_t kDigitsPerGroup = 9;
constexpr std::array<std::size_t, 10> kBytesOfDigits = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
constexpr std::array<std::uint32_t, 10> kPowersOfTen = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
__extension__ using Int128 = unsigned __int128;

// Calls `take(value, digits)` for each group from the front; false when a group is not valid.
template <typename Take>
bool ForEachGroup(Bytes packed, DecimalShape shape, bool& negative, Take&& take) {
  const std::uint8_t flip = (packed[0] & 0x80U) != 0 ? 0 : 0xFF;
  negative = flip != 0;
  std::size_t at = 0;
  const auto group = [&](std::size_t digits, bool after_point) {
    const std::size_t width = kBytesOfDigits[digits];
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i, ++at) {
      std::uint8_t byte = packed[at];
      if (at == 0) byte ^= 0x80U;
      value = value << 8U | static_cast<std::uint8_t>(byte ^ flip);
    }
    if (value >= kPowersOfTen[digits]) return false;
    take(value, digits, after_point);
    return true;
  };
  const std::size_t whole = shape.precision - shape.scale;
  if (whole % kDigitsPerGroup != 0 && !group(whole % kDigitsPerGroup, false)) return false;
  for (std::size_t i = 0; i < whole / kDigitsPerGroup; ++i) {
    if (!group(kDigitsPerGroup, false)) return false;
  }
  for (std::size_t i = 0; i < shape.scale / kDigitsPerGroup; ++i) {
    if (!group(kDigitsPerGroup, true)) return false;
  }
  return shape.scale % kDigitsPerGroup == 0 || group(shape.scale % kDigitsPerGroup, true);
}

}  // namespace

std::size_t DecimalShape::bytes() const {
  const std::size_t whole = precision - scale;
  return (whole / kDigitsPerGroup + scale / kDigitsPerGroup) * 4 +
         kBytesOfDigits[whole % kDigitsPerGroup] + kBytesOfDigits[scale % kDigitsPerGroup];
}

bool UnpackDecimal(Bytes packed, DecimalShape shape, arrow::Decimal128& out) {
  Int128 value = 0;
  bool negative = false;
  const auto take = [&](std::uint32_t group, std::size_t digits, bool) {
    value = value * kPowersOfTen[digits] + group;
  };
  if (packed.size() != shape.bytes() || !ForEachGroup(packed, shape, negative, take)) return false;
  if (negative) value = 0 - value;
  out =
      arrow::Decimal128(static_cast<std::int64_t>(value >> 64U), static_cast<std::uint64_t>(value));
  return true;
}

bool AppendDecimalText(Bytes packed, DecimalShape shape, bool zero_filled, std::string& out) {
  std::string digits;
  std::size_t whole_digits = 0;
  bool negative = false;
  const auto take = [&](std::uint32_t group, std::size_t count, bool after_point) {
    const std::size_t from = digits.size();
    digits.resize(from + count);
    for (std::size_t i = count; i > 0; --i, group /= 10) {
      digits[from + i - 1] = static_cast<char>('0' + group % 10);
    }
    if (!after_point) whole_digits += count;
  };
  if (packed.size() != shape.bytes() || !ForEachGroup(packed, shape, negative, take)) return false;
  std::size_t first = 0;
  while (!zero_filled && first + 1 < whole_digits && digits[first] == '0') ++first;
  if (negative) out += '-';
  if (whole_digits == 0) out += '0';
  out.append(digits, first, whole_digits - first);
  if (shape.scale > 0) {
    out += '.';
    out.append(digits, whole_digits);
  }
  return true;
}

}  // namespace foreset::mysql
