// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace foreset::cli {

// Lower-case, two digits a byte.
std::string HexText(std::string_view bytes);
// Nothing when it is not an even number of hex digits.
std::optional<std::string> ParseHex(std::string_view text);
// RFC 4648 section 4, padded.
std::string Base64Text(std::string_view bytes);

}  // namespace foreset::cli
