// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreset {

// Dates and times as text, ISO 8601, in the proleptic Gregorian calendar; years beyond four digits
// get a sign.

// "2026-01-31", of days since 1970-01-01.
std::string DateText(std::int64_t days);

// "2026-01-31T10:00:00" with ".123456" where there is a fraction and "Z" where `utc`; of
// microseconds since 1970.
std::string TimestampText(std::int64_t microseconds, bool utc);

// Days of "2026-01-31"; nothing when it is not a date.
std::optional<std::int64_t> ParseDate(std::string_view text);

// Microseconds of a date, or of a date and time with 'T' or ' ' between them, with up to six
// digits of fraction, seconds optional, and "Z", "+02:00", "-0500" or nothing (UTC) at the end.
std::optional<std::int64_t> ParseTimestamp(std::string_view text);

}  // namespace foreset
