// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace foreset::mysql {

__extension__ using Int128 = __int128;

// Values as the server writes them in text. Each function takes the whole text and yields nothing
// when it is not of that form or has no place in the calendar (a zero or partial date).

// "2024-02-29" → days since 1970-01-01.
std::optional<std::int32_t> ParseDate(std::string_view text);
// "2024-02-29 12:34:56[.123456]" → microseconds since 1970-01-01 00:00:00.
std::optional<std::int64_t> ParseDateTime(std::string_view text);
// "-838:59:59[.000000]" → microseconds, signed.
std::optional<std::int64_t> ParseTime(std::string_view text);
// "-123.45" → digits without the point, which must have exactly `scale` digits behind it.
std::optional<Int128> ParseDecimal(std::string_view text, std::uint32_t scale);

}  // namespace foreset::mysql
