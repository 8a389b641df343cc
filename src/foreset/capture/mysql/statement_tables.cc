// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/statement_tables.h"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace foreset::mysql {
namespace {

class StatementReader {
 public:
  StatementReader(const std::vector<SqlToken>& tokens, std::string_view default_database)
      : cursor_(tokens), default_database_(default_database) {}

  std::vector<TableId> Read() {
    if (cursor_.TakeWords({"SET", "STATEMENT"})) {  // MariaDB: SET STATEMENT variable = value FOR …
      SkipTo({"FOR"});
      cursor_.TakeWord("FOR");
    }
    if (cursor_.TakeWord("WITH")) SkipTo({"INSERT", "REPLACE", "UPDATE", "DELETE"});
    if (cursor_.TakeWord("UPDATE")) {
      NamesUntil({"SET"});
    } else if (cursor_.TakeWord("DELETE")) {
      NamesUntil({"WHERE", "ORDER", "LIMIT", "RETURNING"});
    } else if (cursor_.TakeWord("INSERT") || cursor_.TakeWord("REPLACE")) {
      while (IsOneOf({"LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO"}))
        cursor_.Next();
      Name();
    } else if (cursor_.TakeWord("LOAD")) {
      SkipTo({"INTO"});
      if (cursor_.TakeWords({"INTO", "TABLE"})) Name();
    }
    return std::move(tables_);
  }

 private:
  bool IsOneOf(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [&](std::string_view word) { return cursor_.IsWord(word); });
  }

  // Past what stands in parentheses.
  void SkipTo(std::initializer_list<std::string_view> words) {
    while (!cursor_.AtEnd() && !IsOneOf(words)) {
      if (cursor_.IsSymbol('(')) {
        cursor_.SkipParentheses();
      } else {
        cursor_.Next();
      }
    }
  }

  // What stands in parentheses may name tables that are changed: UPDATE (a, b) SET …
  void NamesUntil(std::initializer_list<std::string_view> words) {
    int depth = 0;
    while (!cursor_.AtEnd() && (depth > 0 || !IsOneOf(words))) {
      if (cursor_.IsName()) {
        Name();
        continue;
      }
      if (cursor_.IsSymbol('(')) ++depth;
      if (cursor_.IsSymbol(')')) --depth;
      cursor_.Next();
    }
  }

  void Name() {
    if (!cursor_.IsName()) return;
    std::string first = cursor_.Next().text;
    if (cursor_.IsSymbol('.') && cursor_.IsName(1)) {
      cursor_.Next();
      tables_.push_back({std::move(first), cursor_.Next().text});
      while (cursor_.IsSymbol('.')) {
        cursor_.Next();
        if (cursor_.IsName()) cursor_.Next();
      }
    } else {
      tables_.push_back({std::string(default_database_), std::move(first)});
    }
  }

  SqlCursor cursor_;
  std::string_view default_database_;
  std::vector<TableId> tables_;
};

}  // namespace

std::optional<std::vector<TableId>> TablesChangedBy(std::string_view sql,
                                                    std::string_view default_database,
                                                    const SqlDialect& dialect) {
  const std::vector<SqlToken> tokens = TokenizeSql(sql, dialect);
  std::vector<TableId> tables = StatementReader(tokens, default_database).Read();
  if (tables.empty()) return std::nullopt;
  return tables;
}

}  // namespace foreset::mysql
