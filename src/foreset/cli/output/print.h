// SPDX-License-Identifier: MIT
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/printable_text.h"

namespace foreset::cli {

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
// harmless. Forms for programs (JSON, CSV) do not come this way.
template <typename... Values>
void PrintTo(std::ostream& out,
             fmt::format_string<decltype(PrintableValue(std::declval<const Values&>()))...> format,
             const Values&... values) {
  out << fmt::format(format, PrintableValue(values)...);
}

}  // namespace foreset::cli
