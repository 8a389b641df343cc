// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace foreset {

// The text with each %XX replaced by its byte, RFC 3986 section 2.1. A '%' that two hexadecimal
// digits do not follow stays as it is; '+' is no space.
std::string DecodePercent(std::string_view text);

}  // namespace foreset
