// SPDX-License-Identifier: MIT
// Any text as a condition of --where: what we make of it before DuckDB's parser has it. Quotes that
// are DuckDB's own stay as they are, and a word in quotes is one of the names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/sql/statement_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 256;  // each place is tried
  if (size > kMost) return 0;
  static const std::vector<std::string> names{"table", "order", "a\"b", "Preis €"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string translated = foreset::sql::TranslateQuotes(text);
  if (text.find_first_of("`xX") == std::string_view::npos && translated != text) std::abort();
  for (std::size_t at = 0; at <= translated.size(); ++at) {
    const auto quoted = foreset::sql::QuoteNameAt(translated, at, names);
    if (quoted && quoted->size() < translated.size() + 2) std::abort();
  }
  return 0;
}
