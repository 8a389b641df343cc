// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace foreset::cli {

// Text for people with its lines broken between words, so that each fits that many cells of a
// terminal; 0: as it is. Nothing but spaces is lost.
//
// What comes of a line stands `hang` cells from the left; without a word about it, where the text
// behind the line's label begins (the label ends with the first two spaces in a row), else two
// cells further in than the line. A word that is wider than a line is broken behind commas, else
// left whole: the terminal breaks it, and it can be copied. What stands in backticks is one word.
// Colours take no cells.
std::string WrapText(std::string_view text, std::size_t cells,
                     std::optional<std::size_t> hang = std::nullopt);

// The same for pages of help, whose lines of prose are those that are not indented: where one that
// is not short is followed by another, they are one paragraph, which is broken anew.
std::string ReflowText(std::string_view text, std::size_t cells);

}  // namespace foreset::cli
