// SPDX-License-Identifier: MIT
#include "foreset/columnar/variant_scalars.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <fmt/format.h>

#include "foreset/base/floor_divide.h"

namespace foreset {
namespace {

// Digits with a point after the first, times ten to the exponent.
struct Scientific {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

template <typename Float>
Scientific Shortest(Float value) {
  std::array<char, 64> buffer{};
  char* const end = buffer.data() + buffer.size();
  const auto written = std::to_chars(buffer.data(), end, value, std::chars_format::scientific);
  std::string_view text(buffer.data(), written.ptr);
  Scientific parts;
  parts.negative = text.starts_with('-');
  if (parts.negative) text.remove_prefix(1);
  const std::size_t e = text.find('e');
  for (const char c : text.substr(0, e)) {
    if (c != '.') parts.digits += c;
  }
  const std::size_t sign = text[e + 1] == '+' ? 1 : 0;  // from_chars takes a minus only
  (void)std::from_chars(text.data() + e + 1 + sign, text.data() + text.size(), parts.exponent);
  return parts;
}

std::string PlainText(const Scientific& parts) {
  if (parts.exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-parts.exponent) - 1, '0') + parts.digits;
  }
  std::string digits = parts.digits;
  const std::size_t whole = static_cast<std::size_t>(parts.exponent) + 1;
  if (digits.size() <= whole) digits.append(whole + 1 - digits.size(), '0');
  return digits.insert(whole, ".");
}

template <typename Float>
void WriteFloating(Float value, JsonWriter& json) {
  if (std::isnan(value)) {
    json.String("NaN");
    return;
  }
  if (std::isinf(value)) {
    json.String(value < 0 ? "-Infinity" : "Infinity");
    return;
  }
  const Scientific parts = Shortest(value);
  std::string text = parts.negative ? "-" : "";
  if (value == 0 || (parts.exponent >= -3 && parts.exponent < 7)) {
    text += PlainText(parts);
  } else {
    const std::string fraction = parts.digits.size() == 1 ? "0" : parts.digits.substr(1);
    text += fmt::format("{}.{}E{}", parts.digits[0], fraction, parts.exponent);
  }
  json.Raw(text);
}

// std::chrono's year is 16 bits, so whole 400-year cycles are taken out first.
std::string DateText(std::int64_t days) {
  constexpr std::int64_t kCycleDays = 146'097;
  const std::int64_t cycles = FloorDivide(days, kCycleDays);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{days - cycles * kCycleDays}}};
  const std::int64_t year = static_cast<int>(date.year()) + cycles * 400;
  const std::string_view sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return fmt::format("{}{:04}-{:02}-{:02}", sign, std::abs(year),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// Of ticks since midnight, `digits` decimal places of a second each.
std::string TimeText(std::int64_t ticks, std::int64_t per_second, int digits) {
  const std::int64_t seconds = ticks / per_second;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (ticks % per_second == 0) return text;
  text += fmt::format(".{:0{}}", ticks % per_second, digits);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace

void WriteVariantDouble(double value, JsonWriter& json) { WriteFloating(value, json); }

void WriteVariantFloat(float value, JsonWriter& json) { WriteFloating(value, json); }

void WriteVariantDecimal(const arrow::Decimal128& value, int scale, JsonWriter& json) {
  std::string digits = value.ToIntegerString();
  const std::string sign = digits.starts_with('-') ? "-" : "";
  digits.erase(0, sign.size());
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - places);
  digits.erase(digits.size() - places);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) digits += "." + fraction;
  json.Raw(sign + digits);
}

void WriteVariantDate(std::int64_t days, JsonWriter& json) { json.String(DateText(days)); }

void WriteVariantTime(std::int64_t microseconds, JsonWriter& json) {
  json.String(TimeText(microseconds, 1'000'000, 6));
}

void WriteVariantTimestamp(std::int64_t ticks, arrow::TimeUnit::type unit, bool utc,
                           JsonWriter& json) {
  const bool nanos = unit == arrow::TimeUnit::NANO;
  const std::int64_t per_second = nanos ? 1'000'000'000 : 1'000'000;
  const std::int64_t per_day = 86'400 * per_second;
  const std::int64_t days = FloorDivide(ticks, per_day);
  // Taken apart before it is put together: days * per_day may be below the least ticks.
  const std::int64_t rest = ticks % per_day < 0 ? ticks % per_day + per_day : ticks % per_day;
  json.String(fmt::format("{} {}{}", DateText(days), TimeText(rest, per_second, nanos ? 9 : 6),
                          utc ? "+00:00" : ""));
}

void WriteVariantBinary(std::string_view bytes, JsonWriter& json) {
  json.String(arrow::util::base64_encode(bytes));
}

void WriteVariantUuid(std::string_view bytes, JsonWriter& json) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  json.String(text);
}

}  // namespace foreset
