// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace foreset::cli {

// Places that UTF-8 text takes on a terminal: East Asian wide characters two, combining ones none.
std::size_t DisplayWidth(std::string_view text);

// The text where it fits; else its beginning and `…`, in `places` at the most.
std::string CutToWidth(std::string_view text, std::size_t places);

}  // namespace foreset::cli
