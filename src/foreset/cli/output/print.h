// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/printable_text.h"
#include "foreset/cli/context.h"
#include "foreset/cli/output/wrapped_text.h"

namespace foreset::cli {

// Where text for people goes, and how many cells a line of that terminal has; 0: it is no terminal,
// and the text goes there as it is.
struct Page {
  std::ostream& out;
  std::size_t cells = 0;
};

inline Page OutPage(const Context& context) {
  return {context.out, context.terminal.out ? static_cast<std::size_t>(context.terminal.columns)
                                            : std::size_t{0}};
}

inline Page ErrPage(const Context& context) {
  return {context.err, context.terminal.err
                           ? static_cast<std::size_t>(context.terminal.err_columns())
                           : std::size_t{0}};
}

// Text that the program made itself, such as colours: printed as it is.
struct AsIs {
  std::string text;
};

template <typename Value>
auto PrintableValue(const Value& value) {
  if constexpr (std::is_same_v<Value, AsIs>) {
    return std::string_view(value.text);
  } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    // Further lines of a value cannot pass for the program's own.
    return PrintableText(value, "\n        ");
  } else {
    return value;
  }
}

// How commands print for people: every text among the values is of names or data, and is made
// harmless. A terminal's lines are broken between words. Forms for programs (JSON, CSV) do not come
// this way.
template <typename... Values>
void PrintTo(const Page& page,
             fmt::format_string<decltype(PrintableValue(std::declval<const Values&>()))...> format,
             const Values&... values) {
  page.out << WrapText(fmt::format(format, PrintableValue(values)...), page.cells);
}

}  // namespace foreset::cli
