// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace foreset::server {

// "a b" of "a%20b". Nothing for a broken escape.
std::optional<std::string> PercentDecoded(std::string_view text);

// The parameters of "a=1&b=x+y", decoded; a plus is a space. What has a broken escape stays as it
// is.
std::multimap<std::string, std::string> QueryParameters(std::string_view query);

}  // namespace foreset::server
