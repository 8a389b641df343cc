// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/text_values.h"

#include <cstddef>

#include "foreset/base/ascii.h"
#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/calendar.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kDateLength = 10;
constexpr std::size_t kMaxDecimalDigits = 38;

// Reads exactly `count` digits; the caller checks `ok` once.
std::uint32_t ReadDigits(std::string_view text, std::size_t at, std::size_t count, bool& ok) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || !IsDigit(text[i])) {
      ok = false;
      return 0;
    }
    value = value * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
  return value;
}

// ".12" → 120000; empty → 0.
std::int64_t ReadFraction(std::string_view text, bool& ok) {
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() > 7) {
    ok = false;
    return 0;
  }
  std::int64_t micros = 0;
  for (std::size_t i = 1; i < 7; ++i) {
    const char c = i < text.size() ? text[i] : '0';
    if (!IsDigit(c)) ok = false;
    micros = micros * 10 + (c - '0');
  }
  return micros;
}

}  // namespace

std::optional<std::int32_t> ParseDate(std::string_view text) {
  bool ok = text.size() == kDateLength && text[4] == '-' && text[7] == '-';
  if (!ok) return std::nullopt;
  CivilTime date;
  date.year = static_cast<std::int32_t>(ReadDigits(text, 0, 4, ok));
  date.month = static_cast<std::int32_t>(ReadDigits(text, 5, 2, ok));
  date.day = static_cast<std::int32_t>(ReadDigits(text, 8, 2, ok));
  return ok ? DaysSinceEpoch(date) : std::nullopt;
}

std::optional<std::int64_t> ParseDateTime(std::string_view text) {
  if (text.size() < 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const std::optional<std::int32_t> days = ParseDate(text.substr(0, kDateLength));
  bool ok = days.has_value();
  const std::uint32_t hours = ReadDigits(text, 11, 2, ok);
  const std::uint32_t minutes = ReadDigits(text, 14, 2, ok);
  const std::uint32_t seconds = ReadDigits(text, 17, 2, ok);
  const std::int64_t micros = ReadFraction(text.substr(19), ok);
  if (!ok) return std::nullopt;
  const std::int64_t in_day = std::int64_t{hours} * 3600 + minutes * 60 + seconds;
  return (*days * kSecondsPerDay + in_day) * kMicrosPerSecond + micros;
}

std::optional<std::int64_t> ParseTime(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon > 3 || text.size() < colon + 6 ||
      text[colon + 3] != ':') {
    return std::nullopt;
  }
  bool ok = true;
  const std::uint32_t hours = ReadDigits(text, 0, colon, ok);
  const std::uint32_t minutes = ReadDigits(text, colon + 1, 2, ok);
  const std::uint32_t seconds = ReadDigits(text, colon + 4, 2, ok);
  const std::int64_t micros = ReadFraction(text.substr(colon + 6), ok);
  if (!ok) return std::nullopt;
  const std::int64_t value =
      (std::int64_t{hours} * 3600 + minutes * 60 + seconds) * kMicrosPerSecond + micros;
  return negative ? -value : value;
}

std::optional<Int128> ParseDecimal(std::string_view text, std::uint32_t scale) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::size_t after = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (after != scale || text.size() > kMaxDecimalDigits + 2) return std::nullopt;
  Int128 value = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (!IsDigit(text[i])) return std::nullopt;
    if (value != 0 || text[i] != '0') ++digits;
    if (digits > kMaxDecimalDigits) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return negative ? -value : value;
}

}  // namespace foreset::mysql
