// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace foreset::debezium {

// Bytes as JSON carries them. Each replaces `out` and is false when the text is not exactly of that
// form (another alphabet, wrong padding, an odd number of digits).
bool DecodeBase64(std::string_view text, std::string& out);
bool DecodeBase64UrlSafe(std::string_view text, std::string& out);
// Digits of either case.
bool DecodeHex(std::string_view text, std::string& out);

}  // namespace foreset::debezium
