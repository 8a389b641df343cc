// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreset::debezium {

// Texts as the Java JSON writer behind Kafka Connect makes them, so that messages are equal byte
// by byte. Pure functions.

// A JSON string with its quotes. Characters above U+FFFF as two \u escapes, other control
// characters as \u00XX; invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string& out, std::string_view text);
std::string JsonString(std::string_view text);
// 1.5, 0.0, -2.25E100: the shortest digits that read back, in Java's notation.
void AppendJavaDouble(std::string& out, double value);
void AppendJavaFloat(std::string& out, float value);
// Base64 with padding, without quotes; `url_safe` with '-' and '_'.
void AppendBase64(std::string& out, std::string_view bytes, bool url_safe = false);
// Lower-case hexadecimal digits.
void AppendHex(std::string& out, std::string_view bytes);
// The JSON text without spaces outside its strings.
void AppendCompactJson(std::string& out, std::string_view json);

// A decimal number ("-12.50") as Java's BigInteger of its unscaled value gives it: two's
// complement, big-endian, as few bytes as possible. `scale`: digits after the point, filled up
// with zeros. Nothing but an optional sign, digits and one point is read.
std::string UnscaledBytes(std::string_view decimal, std::uint32_t scale);

// ISO 8601 in UTC, of microseconds since 1970: "2024-02-29T23:59:59.123456Z"; the fraction has no
// zeros at its end and is left out when it is zero.
void AppendIsoInstant(std::string& out, std::int64_t microseconds);
// The same with `digits` digits (0 to 6) after the second, zeros too.
void AppendIsoInstant(std::string& out, std::int64_t microseconds, int digits);
// "2024-02-29" of days since 1970.
void AppendIsoDate(std::string& out, std::int64_t days);

}  // namespace foreset::debezium
