// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace foreset {

// Text of names and data as people may be shown it, on a terminal or in a log: what would move the
// cursor, colour, hide or reorder its surroundings is written out. Control characters (C0, DEL,
// C1), signs of direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) and line
// separators become \n, \t, \x1b or \u{202e}; bytes that are no UTF-8 become \x9b. Everything else
// stays as it is. For programs there are forms that keep every byte: JSON, CSV.
//
// `line_break` stands for each line feed; "\\n" keeps the text on its line.
std::string PrintableText(std::string_view text, std::string_view line_break = "\\n");

}  // namespace foreset
