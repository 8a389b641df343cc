// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/query_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <arrow/type.h>

#include "foreset/base/ascii.h"

namespace foreset::cli {
namespace {

constexpr std::array kWords{
    "AND",    "AS",     "ASC",  "BETWEEN", "BY",     "CASE",  "CAST",  "COUNT(", "DESC",
    "ELSE",   "END",    "FROM", "GROUP",   "HAVING", "IN",    "IS",    "JOIN",   "LEFT",
    "LIKE",   "LIMIT",  "NOT",  "NULL",    "ON",     "OR",    "ORDER", "OVER",   "PARTITION",
    "ROUND(", "SELECT", "SUM(", "THEN",    "UNION",  "USING", "WHEN",  "WHERE",  "WITH"};

bool BeginsWith(std::string_view text, std::string_view word) {
  return EqualIgnoringCase(text.substr(0, word.size()), word);
}

bool Names(std::string_view line, const std::string& table) {
  const auto at = std::ranges::search(
      line, table, [](char a, char b) { return AsciiLower(a) == AsciiLower(b); });
  return !at.empty();
}

}  // namespace

void QueryWords::LookAtTables() {
  if (tables_) return;
  tables_.emplace();
  const auto tables = session_.Tables();
  if (!tables) return;  // the query will tell
  for (const sql::LakeTable& table : *tables) {
    tables_->push_back(table.name);
    tables_->push_back(table.schema + "." + table.name);
  }
}

void QueryWords::LookAtColumns(const std::string& table) {
  if (columns_.contains(table)) return;
  std::vector<std::string>& names = columns_[table];
  const std::size_t dot = table.find('.');
  const auto found = session_.Find(
      dot == std::string::npos ? sql::QueryName{table}
                               : sql::QueryName{table.substr(0, dot), table.substr(dot + 1)});
  if (!found || !*found) return;
  names = (*found)->snapshot->schema()->field_names();
}

std::vector<std::string> QueryWords::Complete(std::string_view line, std::string_view word) {
  if (word.empty()) return {};
  LookAtTables();
  std::set<std::string> found;
  const auto offer = [&](std::string_view text) {
    if (BeginsWith(text, word)) found.insert(std::string(text));
  };
  for (const std::string& table : *tables_) {
    offer(table);
    if (!Names(line, table)) continue;
    LookAtColumns(table);
    for (const std::string& column : columns_[table]) offer(column);
  }
  if (found.empty()) std::ranges::for_each(kWords, offer);
  return {found.begin(), found.end()};
}

}  // namespace foreset::cli
