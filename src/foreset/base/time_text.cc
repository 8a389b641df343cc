// SPDX-License-Identifier: MIT
#include "foreset/base/time_text.h"

#include <chrono>
#include <cstddef>

#include <fmt/format.h>

#include "foreset/base/floor_divide.h"
#include "foreset/base/time_units.h"

namespace foreset {
namespace {

// Days to civil date over the whole range of int64 days that a timestamp can have; std::chrono's
// year is 16 bits, so whole 400-year cycles are taken out first.
struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

CivilDate ToCivil(std::int64_t days) {
  constexpr std::int64_t kCycleDays = 146'097;
  const std::int64_t cycles = FloorDivide(days, kCycleDays);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{days - cycles * kCycleDays}}};
  return {static_cast<int>(date.year()) + cycles * 400, static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

// Takes exactly `digits` decimal digits.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool TakeChar(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> TakeDate(std::string_view& text) {
  const auto year = TakeNumber(text, 4);
  if (!year || !TakeChar(text, "-")) return std::nullopt;
  const auto month = TakeNumber(text, 2);
  if (!month || !TakeChar(text, "-")) return std::nullopt;
  const auto day = TakeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::int64_t TakeFraction(std::string_view& text) {
  std::int64_t micros = 0;
  std::int64_t unit = kMicrosPerSecond / 10;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    micros += (text.front() - '0') * unit;
    unit /= 10;
    text.remove_prefix(1);
  }
  return micros;
}

std::optional<std::int64_t> TakeTimeOfDay(std::string_view& text) {
  const auto hour = TakeNumber(text, 2);
  if (!hour || *hour > 23 || !TakeChar(text, ":")) return std::nullopt;
  const auto minute = TakeNumber(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (*hour * 60LL + *minute) * 60 * kMicrosPerSecond;
  if (!TakeChar(text, ":")) return micros;
  const auto second = TakeNumber(text, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * kMicrosPerSecond;
  if (TakeChar(text, ".")) micros += TakeFraction(text);
  return micros;
}

// The zone's distance from UTC in microseconds.
std::optional<std::int64_t> TakeZone(std::string_view& text) {
  if (text.empty() || TakeChar(text, "Zz")) return 0;
  const std::int64_t sign = text.front() == '-' ? -1 : 1;
  if (!TakeChar(text, "+-")) return std::nullopt;
  const auto hours = TakeNumber(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  TakeChar(text, ":");
  const auto minutes = text.empty() ? std::optional(0) : TakeNumber(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60LL + *minutes) * 60 * kMicrosPerSecond;
}

}  // namespace

std::string DateText(std::int64_t days) {
  const CivilDate date = ToCivil(days);
  if (date.year < 0 || date.year > 9999) {
    return fmt::format("{:+05}-{:02}-{:02}", date.year, date.month, date.day);
  }
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string TimestampText(std::int64_t microseconds, bool utc) {
  const std::int64_t days = FloorDivide(microseconds, kMicrosPerDay);
  const std::int64_t in_day = microseconds - days * kMicrosPerDay;
  const std::int64_t seconds = in_day / kMicrosPerSecond;
  const std::int64_t fraction = in_day % kMicrosPerSecond;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", DateText(days), seconds / 3600,
                                 seconds / 60 % 60, seconds % 60);
  if (fraction != 0) text += fmt::format(".{:06}", fraction);
  return utc ? text + "Z" : text;
}

std::optional<std::int64_t> ParseDate(std::string_view text) {
  const auto days = TakeDate(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> ParseTimestamp(std::string_view text) {
  const auto days = TakeDate(text);
  if (!days) return std::nullopt;
  std::int64_t micros = *days * kMicrosPerDay;
  if (text.empty()) return micros;
  if (!TakeChar(text, "T ")) return std::nullopt;
  const auto in_day = TakeTimeOfDay(text);
  if (!in_day) return std::nullopt;
  TakeChar(text, " ");
  const auto zone = TakeZone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return micros + *in_day - *zone;
}

}  // namespace foreset
