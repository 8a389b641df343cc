// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_values.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "foreset/base/ascii.h"

namespace foreset::batch {
namespace {

constexpr Refusal kNoNumber = "it is no number in plain writing";
constexpr Refusal kLeadingZeros = "its leading zeros would be lost";
constexpr Refusal kOutOfRange = "the type's range does not hold it";
constexpr Refusal kRounded = "its last digits would be lost";
constexpr std::int64_t kMicrosOfDay = 86'400'000'000;
constexpr std::int64_t kMicrosOfMinute = 60'000'000;
constexpr std::size_t kMostDigits = 760;  // a double has no more

__extension__ using Wide = __int128;  // 38 digits

std::size_t DigitsAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  return end - at;
}

// The digits before the point, and where they end: one to three digits, then groups of three.
std::size_t TakeWhole(std::string_view text, std::size_t at, char thousands, std::string& digits) {
  std::size_t count = DigitsAt(text, at);
  digits.append(text.substr(at, count));
  at += count;
  if (thousands == '\0' || count == 0 || count > 3) return at;
  while (at < text.size() && text[at] == thousands && DigitsAt(text, at + 1) == 3) {
    digits.append(text.substr(at + 1, 3));
    at += 4;
  }
  return at;
}

bool TakeExponent(std::string_view text, std::size_t& at, NumberText& number) {
  ++at;
  const bool small = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t count = DigitsAt(text, at);
  if (count == 0 || count > 4) return false;
  for (std::size_t i = 0; i < count; ++i)
    number.exponent = number.exponent * 10 + (text[at++] - '0');
  if (small) number.exponent = -number.exponent;
  number.has_exponent = true;
  return true;
}

// The significant digits, and the power of ten of the first one.
struct Digits {
  std::string text;
  int power = 0;
};

Digits DigitsOf(const NumberText& number) {
  Digits digits{std::string(number.whole) + std::string(number.fraction),
                static_cast<int>(number.whole.size()) - 1 + number.exponent};
  const std::size_t first = digits.text.find_first_not_of('0');
  if (first == std::string::npos) return {};
  digits.power -= static_cast<int>(first);
  digits.text.erase(0, first);
  digits.text.erase(digits.text.find_last_not_of('0') + 1);
  return digits;
}

// Whether the value, written with as many digits, is written the same.
bool GivesBack(double value, const Digits& digits) {
  if (digits.text.empty()) return value == 0;
  if (digits.text.size() > kMostDigits) return false;
  std::string shown(kMostDigits + 16, '\0');
  const int length = std::snprintf(shown.data(), shown.size(), "%.*e",
                                   static_cast<int>(digits.text.size()) - 1, std::fabs(value));
  shown.resize(static_cast<std::size_t>(length));
  const std::size_t e = shown.find('e');
  if (e == std::string::npos || std::stoi(shown.substr(e + 1)) != digits.power) return false;
  std::string mantissa = shown.substr(0, e);
  if (mantissa.size() > 1) mantissa.erase(1, 1);
  return mantissa == digits.text;
}

std::optional<double> ReadWord(std::string_view text) {
  if (text == "NaN" || text == "nan") return std::nan("");
  if (text == "Infinity" || text == "inf") return HUGE_VAL;
  if (text == "-Infinity" || text == "-inf") return -HUGE_VAL;
  return std::nullopt;
}

// `sure`: the digits that every value of the type gives back, between 10^-`powers` and 10^`powers`.
template <typename Float>
Refusal ReadFloating(std::string_view text, const ValueFormat& format, std::size_t sure, int powers,
                     Float& value) {
  if (const auto word = ReadWord(text)) {
    value = static_cast<Float>(*word);
    return nullptr;
  }
  std::string buffer;
  NumberText number;
  if (const Refusal refusal = ReadNumber(text, format, buffer, number)) return refusal;
  const Digits digits = DigitsOf(number);
  const std::string plain =
      (number.negative ? "-" : "") + (digits.text.empty()
                                          ? std::string("0")
                                          : digits.text.substr(0, 1) + "." + digits.text.substr(1) +
                                                "0e" + std::to_string(digits.power));
  const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (read.ec != std::errc() || !std::isfinite(value)) return kOutOfRange;
  if (digits.text.size() <= sure && std::abs(digits.power) < powers) return nullptr;
  return GivesBack(static_cast<double>(value), digits) ? nullptr : kRounded;
}

std::optional<ReadTime> ReadAs(std::string_view text, const std::optional<TimeFormat>& format) {
  return format ? format->Read(text) : ReadIsoTime(text);
}

}  // namespace

Refusal ReadNumber(std::string_view text, const ValueFormat& format, std::string& buffer,
                   NumberText& number) {
  number = {};
  buffer.clear();
  buffer.reserve(text.size());  // the views stay where they are
  std::size_t at = !text.empty() && text.front() == '-' ? 1 : 0;
  number.negative = at == 1;
  at = TakeWhole(text, at, format.thousands, buffer);
  const std::size_t whole = buffer.size();
  if (at < text.size() && text[at] == format.decimal) {
    const std::size_t count = DigitsAt(text, at + 1);
    if (count == 0) return kNoNumber;
    buffer.append(text.substr(at + 1, count));
    at += 1 + count;
  }
  if (buffer.empty()) return kNoNumber;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E') && !TakeExponent(text, at, number)) {
    return kNoNumber;
  }
  if (at != text.size()) return kNoNumber;
  number.whole = std::string_view(buffer).substr(0, whole);
  number.fraction = std::string_view(buffer).substr(whole);
  if (whole > 1 && buffer.front() == '0') return kLeadingZeros;
  return nullptr;
}

Refusal ReadInteger(std::string_view text, const ValueFormat& format, std::int64_t least,
                    std::int64_t most, std::int64_t& value) {
  std::string buffer;
  NumberText number;
  if (const Refusal refusal = ReadNumber(text, format, buffer, number)) return refusal;
  if (number.has_exponent) return "it has an exponent";
  if (!number.fraction.empty()) return "it has a fraction";
  if (number.negative && number.whole == "0") return "its sign would be lost";
  if (number.negative) buffer.insert(0, 1, '-');
  const auto read = std::from_chars(buffer.data(), buffer.data() + buffer.size(), value);
  if (read.ec != std::errc() || value < least || value > most) return kOutOfRange;
  return nullptr;
}

Refusal ReadDecimal(std::string_view text, const ValueFormat& format, int precision, int scale,
                    arrow::Decimal128& value) {
  std::string buffer;
  NumberText number;
  if (const Refusal refusal = ReadNumber(text, format, buffer, number)) return refusal;
  if (number.has_exponent) return "it has an exponent";
  const auto places = static_cast<std::size_t>(scale);
  if (number.fraction.size() > places) {
    if (number.fraction.find_first_not_of('0', places) != std::string_view::npos) return kRounded;
    number.fraction = number.fraction.substr(0, places);
  }
  const std::size_t whole = number.whole == "0" ? 0 : number.whole.size();
  if (whole + places > static_cast<std::size_t>(precision)) return kOutOfRange;
  Wide digits = 0;
  for (const char c : number.whole) digits = digits * 10 + (c - '0');
  for (const char c : number.fraction) digits = digits * 10 + (c - '0');
  for (std::size_t i = number.fraction.size(); i < places; ++i) digits *= 10;
  if (number.negative) digits = -digits;
  value = arrow::Decimal128(static_cast<std::int64_t>(digits >> 64),
                            static_cast<std::uint64_t>(digits));
  return nullptr;
}

Refusal ReadDouble(std::string_view text, const ValueFormat& format, double& value) {
  return ReadFloating(text, format, 15, 290, value);
}

Refusal ReadFloat(std::string_view text, const ValueFormat& format, float& value) {
  return ReadFloating(text, format, 6, 30, value);
}

Refusal ReadBoolean(std::string_view text, bool& value) {
  value = text == "true" || text == "True" || text == "TRUE" || text == "1";
  if (value || text == "false" || text == "False" || text == "FALSE" || text == "0") return nullptr;
  return "it is neither true nor false";
}

Refusal ReadDate(std::string_view text, const ValueFormat& format, std::int32_t& days) {
  const auto time = ReadAs(text, format.date);
  if (!time) {
    return format.date ? "it has not the form of --date-format"
                       : "it is no date of the form 2026-01-31";
  }
  if (time->has_clock || time->offset_minutes) return "its time of day would be lost";
  days = time->days;
  return nullptr;
}

Refusal ReadTimestamp(std::string_view text, const ValueFormat& format, bool zoned,
                      std::int64_t& micros) {
  const auto time = ReadAs(text, format.timestamp);
  if (!time) {
    return format.timestamp
               ? "it has not the form of --timestamp-format"
               : "it is no time of the form 2026-01-31 17:30:00 of six digits a second";
  }
  if (time->offset_minutes && !zoned) return "its offset from UTC would be lost";
  micros =
      time->days * kMicrosOfDay + time->micros - time->offset_minutes.value_or(0) * kMicrosOfMinute;
  return nullptr;
}

}  // namespace foreset::batch
