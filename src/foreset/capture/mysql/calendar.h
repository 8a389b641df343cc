// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreset::mysql {

// Why a zero or partial date ("2020-00-15") was rescued: the reason of its RescuedValue, the same
// for streamed and backfilled rows.
inline constexpr std::string_view kNotACalendarDate = "not a calendar date";

// A date and time as MySQL keeps it: every part on its own, not necessarily a calendar date.
struct CivilTime {
  std::int32_t year = 0;
  std::int32_t month = 0;
  std::int32_t day = 0;
  std::int32_t hour = 0;
  std::int32_t minute = 0;
  std::int32_t second = 0;
  std::int32_t microsecond = 0;
  bool operator==(const CivilTime&) const = default;
};

// Days since 1970-01-01 in the proleptic Gregorian calendar; nothing when there is no such day
// (a zero year alone is a day of the year 0).
std::optional<std::int32_t> DaysSinceEpoch(const CivilTime& time);
// Microseconds since 1970-01-01T00:00:00 on the same wall; nothing when there is no such day.
std::optional<std::int64_t> MicrosSinceEpoch(const CivilTime& time);
// The day of a count of days; for printing.
CivilTime CivilOfDays(std::int64_t days);

// As the server shows them, with `digits` (0-6) fractional digits: "2026-01-02",
// "2026-01-02 03:04:05.678", "-838:59:59".
std::string FormatDate(const CivilTime& time);
std::string FormatDateTime(const CivilTime& time, unsigned digits);
std::string FormatTime(std::int64_t micros, unsigned digits);

// The packed 64-bit forms that JSON documents hold: year*13+month, day, time of day, microseconds.
CivilTime UnpackDateTime(std::int64_t packed);
// Signed microseconds.
std::int64_t UnpackTime(std::int64_t packed);

}  // namespace foreset::mysql
