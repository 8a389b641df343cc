// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace foreset::debezium {

// Dates and times in ISO 8601 as Debezium writes them. Nothing when the text is not of that form,
// has no place in the calendar, or says more than microseconds.

// "2024-02-29Z", the zone may be missing → days since 1970-01-01.
std::optional<std::int32_t> ParseIsoDate(std::string_view text);
// "12:34:56.789Z" → microseconds; the zone may be missing.
std::optional<std::int64_t> ParseIsoTime(std::string_view text);
// "2024-02-29T12:34:56.789123+02:00" → microseconds since 1970-01-01T00:00:00Z; without a zone, or
// with Z, the wall clock itself.
std::optional<std::int64_t> ParseIsoTimestamp(std::string_view text);

}  // namespace foreset::debezium
