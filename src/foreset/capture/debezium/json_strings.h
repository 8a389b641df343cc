// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace foreset::debezium {

// The text of a JSON string token ("…" with its quotes, white space may follow): a view into the
// token where nothing is escaped, else into `scratch`, which is replaced. Nothing when the token is
// no string, or its escapes are none (a lone surrogate among them).
std::optional<std::string_view> StringOf(std::string_view token, std::string& scratch);

// A scalar token without the white space behind it.
std::string_view ScalarOf(std::string_view token);

// JSON text of a document as the server shows it (", " and ": " between parts, doubles in its own
// notation), from any valid spelling of it; the order of members stays. Appends; false when the
// text is not one JSON document, or deeper than the server's 100 levels.
bool AppendServerJson(std::string_view json, std::string& out);

}  // namespace foreset::debezium
