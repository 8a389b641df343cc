// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/decimal_forms.h"

#include <algorithm>
#include <charconv>

#include "foreset/base/ascii.h"
#include "foreset/capture/mysql/text_values.h"

namespace foreset::debezium {
namespace {

using mysql::Int128;

// Moves the digits of a number with `exponent` (of ten, for the last digit) to the type's scale.
bool Scale(std::int64_t exponent, DecimalSize type, ExtraDigits extra, DecimalDigits& number) {
  std::string& digits = number.digits;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  const std::int64_t shift = exponent + std::int64_t{type.scale};
  const auto size = static_cast<std::int64_t>(digits.size());
  if (digits.empty()) {
  } else if (shift >= 0) {
    if (size + shift > std::int64_t{type.precision}) return false;
    digits.append(static_cast<std::size_t>(shift), '0');
  } else {
    const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(size + shift, 0));
    const bool lost = digits.find_first_not_of('0', keep) != std::string::npos;
    if (lost && extra == ExtraDigits::kRefuse) return false;
    const bool up = lost && size + shift >= 0 && digits[keep] >= '5';
    digits.resize(keep);
    if (up) {
      auto digit = digits.rbegin();
      for (; digit != digits.rend() && *digit == '9'; ++digit) *digit = '0';
      if (digit == digits.rend()) {
        digits.insert(0, 1, '1');
      } else {
        ++*digit;
      }
    }
  }
  if (digits.empty()) digits = "0";
  if (digits == "0") number.negative = false;
  return digits.size() <= type.precision;
}

// BigInteger writes the fewest bytes that keep the sign: anything else is another form.
bool IsMinimal(std::string_view bytes) {
  if (bytes.empty()) return false;
  if (bytes.size() == 1) return true;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const bool sign = (static_cast<std::uint8_t>(bytes[1]) & 0x80U) != 0;
  return !(first == 0 && !sign) && !(first == 0xFF && sign);
}

}  // namespace

bool ReadDecimalText(std::string_view text, DecimalSize type, ExtraDigits extra,
                     DecimalDigits& out) {
  constexpr std::int64_t kMaxExponent = 400;
  out.digits.clear();
  out.negative = text.starts_with('-');
  std::size_t i = out.negative || text.starts_with('+') ? 1 : 0;
  std::int64_t exponent = 0;
  bool any = false;
  for (; i < text.size() && IsDigit(text[i]); ++i, any = true) out.digits += text[i];
  if (i < text.size() && text[i] == '.') {
    for (++i; i < text.size() && IsDigit(text[i]); ++i, any = true) {
      out.digits += text[i];
      --exponent;
    }
  }
  if (!any) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    std::int64_t power = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), power);
    if (error != std::errc() || power > kMaxExponent || power < -kMaxExponent) return false;
    exponent += power;
    i = static_cast<std::size_t>(end - text.data());
  }
  return i == text.size() && Scale(exponent, type, extra, out);
}

bool ReadDecimalBytes(std::string_view bytes, std::uint32_t scale, DecimalSize type,
                      DecimalDigits& out) {
  if (!IsMinimal(bytes)) return false;
  const auto number = arrow::Decimal256::FromBigEndian(
      reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<std::int32_t>(bytes.size()));
  if (!number.ok()) return false;
  out.digits = number->ToIntegerString();
  out.negative = out.digits.starts_with('-');
  if (out.negative) out.digits.erase(0, 1);
  return Scale(-std::int64_t{scale}, type, ExtraDigits::kRefuse, out);
}

bool ReadDecimalBytes(std::string_view bytes, std::uint32_t precision, arrow::Decimal128& out) {
  if (bytes.size() > sizeof(Int128) || !IsMinimal(bytes)) return false;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  Int128 value = first < 0x80 ? Int128{first} : Int128{first} - 0x100;  // it has the sign
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    value = value * 256 + static_cast<std::uint8_t>(bytes[i]);
  }
  out =
      arrow::Decimal128(static_cast<std::int64_t>(value >> 64U), static_cast<std::uint64_t>(value));
  return out.FitsInPrecision(static_cast<std::int32_t>(precision));
}

arrow::Decimal128 ToDecimal128(const DecimalDigits& number) {
  Int128 value = 0;
  for (const char digit : number.digits) value = value * 10 + (digit - '0');
  if (number.negative) value = -value;
  return {static_cast<std::int64_t>(value >> 64U), static_cast<std::uint64_t>(value)};
}

void AppendDecimalText(const DecimalDigits& number, std::uint32_t scale, std::string& out) {
  const std::string& digits = number.digits;
  const std::size_t whole = digits.size() > scale ? digits.size() - scale : 0;
  if (number.negative) out += '-';
  if (whole == 0) out += '0';
  out.append(digits, 0, whole);
  if (scale == 0) return;
  out += '.';
  if (digits.size() < scale) out.append(scale - digits.size(), '0');
  out.append(digits, whole);
}

}  // namespace foreset::debezium
