// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace foreset::cli {

// The cells of a terminal that one line of printable text takes: two for a wide character of East
// Asia, none for one that combines with the last.
std::size_t DisplayWidth(std::string_view text);

// The text, or, where it is wider, as much of it as fits with a … behind it.
std::string CutToWidth(std::string_view text, std::size_t cells);

// The text with spaces behind it, or cut, so that it takes exactly so many cells.
std::string FitToWidth(std::string_view text, std::size_t cells);

}  // namespace foreset::cli
