// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/calendar.h"

#include <chrono>

#include <fmt/format.h>

#include "foreset/base/time_units.h"

namespace foreset::mysql {
namespace {

std::string Fraction(std::int64_t microsecond, unsigned digits) {
  if (digits == 0) return {};
  std::string text = fmt::format(".{:06}", microsecond);
  text.resize(1 + digits);
  return text;
}

}  // namespace

std::optional<std::int32_t> DaysSinceEpoch(const CivilTime& time) {
  const std::chrono::year_month_day date{std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day))};
  if (!date.ok()) return {};
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::optional<std::int64_t> MicrosSinceEpoch(const CivilTime& time) {
  const auto days = DaysSinceEpoch(time);
  if (!days || time.hour > 23 || time.minute > 59 || time.second > 59) return {};
  const std::int64_t seconds = time.hour * 3600LL + time.minute * 60LL + time.second;
  return *days * kMicrosPerDay + seconds * kMicrosPerSecond + time.microsecond;
}

CivilTime CivilOfDays(std::int64_t days) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<std::int32_t>(static_cast<unsigned>(date.month())),
          .day = static_cast<std::int32_t>(static_cast<unsigned>(date.day()))};
}

std::string FormatDate(const CivilTime& time) {
  return fmt::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
}

std::string FormatDateTime(const CivilTime& time, unsigned digits) {
  return fmt::format("{} {:02}:{:02}:{:02}{}", FormatDate(time), time.hour, time.minute,
                     time.second, Fraction(time.microsecond, digits));
}

std::string FormatTime(std::int64_t micros, unsigned digits) {
  const std::int64_t magnitude = micros < 0 ? -micros : micros;
  const std::int64_t seconds = magnitude / kMicrosPerSecond;
  return fmt::format("{}{:02}:{:02}:{:02}{}", micros < 0 ? "-" : "", seconds / 3600,
                     seconds / 60 % 60, seconds % 60,
                     Fraction(magnitude % kMicrosPerSecond, digits));
}

CivilTime UnpackDateTime(std::int64_t packed) {
  const std::uint64_t magnitude =
      packed < 0 ? 0 - static_cast<std::uint64_t>(packed) : static_cast<std::uint64_t>(packed);
  const std::uint64_t whole = magnitude >> 24U;
  const std::uint64_t date = whole >> 17U;
  const std::uint64_t month = date >> 5U;
  return {.year = static_cast<std::int32_t>(month / 13 % 100000),
          .month = static_cast<std::int32_t>(month % 13),
          .day = static_cast<std::int32_t>(date % 32),
          .hour = static_cast<std::int32_t>(whole >> 12U & 0x1FU),
          .minute = static_cast<std::int32_t>(whole >> 6U & 0x3FU),
          .second = static_cast<std::int32_t>(whole & 0x3FU),
          .microsecond = static_cast<std::int32_t>(magnitude & 0xFFFFFFU)};
}

std::int64_t UnpackTime(std::int64_t packed) {
  const std::uint64_t magnitude =
      packed < 0 ? 0 - static_cast<std::uint64_t>(packed) : static_cast<std::uint64_t>(packed);
  const std::uint64_t whole = magnitude >> 24U;
  const std::uint64_t seconds =
      (whole >> 12U & 0x3FFU) * 3600 + (whole >> 6U & 0x3FU) * 60 + (whole & 0x3FU);
  const auto micros =
      static_cast<std::int64_t>(seconds * kMicrosPerSecond + (magnitude & 0xFFFFFFU));
  return packed < 0 ? -micros : micros;
}

}  // namespace foreset::mysql
