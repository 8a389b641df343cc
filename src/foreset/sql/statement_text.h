// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is done to the text of statements before DuckDB sees it. Text in quotes, dollars and
// comments is left alone.
namespace foreset::sql {

struct StatementTexts {
  std::vector<std::string> statements;  // trimmed, without their semicolons; none is empty
  std::string rest;                     // after the last semicolon, trimmed
};

// Splits at semicolons.
StatementTexts SplitStatements(std::string_view text);

// Writes tables at a version as names that DuckDB takes: Orders@v3 as "Orders@v3", and
// Orders@'2026-01-31 10:00' as "Orders@2026-01-31 10:00". Spark's VERSION AS OF 3 and TIMESTAMP AS
// OF '…', and DuckDB's AT (VERSION => 3) and AT (TIMESTAMP => '…'), say the same.
std::string QuoteVersions(std::string_view statement);

// The names in a statement, plain or quoted, with the name before a point: "a", {"a", "b"}. Of
// tables, columns, functions, and SQL's own words.
std::vector<std::vector<std::string>> NamesIn(std::string_view statement);

// MySQL's and Spark's `name` as "name", and x'01ff' as from_hex('01ff'), which DuckDB takes for
// text.
std::string TranslateQuotes(std::string_view condition);

// The text with the word at a character (counted from 0), or right before it, in quotes. Nothing
// when that is none of the names.
std::optional<std::string> QuoteNameAt(std::string_view text, std::size_t character,
                                       const std::vector<std::string>& names);

// A name that QuoteVersions may have made, taken apart again.
struct VersionedName {
  std::string table;
  std::string version;  // digits, when it was given as @v3
  std::string at;       // else the time; both empty: the latest
};
VersionedName ParseVersionedName(std::string_view name);

}  // namespace foreset::sql
