// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"

namespace foreset::azure {

// Percent escapes for everything but letters, digits and "-_.~" (RFC 3986, unreserved).
std::string EscapeUrl(std::string_view text);
// The same, with '/' left as it is: for paths.
std::string EscapePath(std::string_view path);

// RFC 4648, with padding.
std::string ToBase64(Bytes bytes);
// Empty when the text is not base64.
std::string FromBase64(std::string_view text);

}  // namespace foreset::azure
