// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/column_definition_parser.h"

#include <array>
#include <string_view>
#include <tuple>

namespace foreset::mysql {
namespace {

constexpr auto kNowWords =
    std::to_array<std::string_view>({"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"});

bool EndsClause(const SqlCursor& cursor) {
  return cursor.AtEnd() || cursor.IsSymbol(',') || cursor.IsSymbol(')');
}

bool TakeNow(SqlCursor& cursor) {
  for (const std::string_view word : kNowWords) {
    if (!cursor.TakeWord(word)) continue;
    if (cursor.IsSymbol('(')) cursor.SkipParentheses();
    return true;
  }
  return false;
}

// A literal, with its sign, introducer (_utf8mb4'…') or type (DATE '…').
std::optional<std::pair<DefaultKind, std::string>> TakeLiteral(SqlCursor& cursor) {
  using Default = std::pair<DefaultKind, std::string>;
  if (cursor.TakeWord("NULL")) return Default{DefaultKind::kNull, {}};
  if (cursor.TakeWord("TRUE")) return Default{DefaultKind::kLiteral, "1"};
  if (cursor.TakeWord("FALSE")) return Default{DefaultKind::kLiteral, "0"};
  const bool before_string =
      cursor.Peek(1).kind == TokenKind::kString || cursor.Peek(1).kind == TokenKind::kHex;
  if (before_string && (cursor.Peek().text.starts_with('_') || cursor.IsWord("DATE") ||
                        cursor.IsWord("TIME") || cursor.IsWord("TIMESTAMP"))) {
    cursor.Next();
  }
  std::string sign;
  if (cursor.IsSymbol('-') || cursor.IsSymbol('+')) {
    if (cursor.Peek(1).kind != TokenKind::kNumber) return std::nullopt;
    sign = cursor.Next().text == "-" ? "-" : "";
  }
  switch (cursor.Peek().kind) {
    case TokenKind::kBits:
      return Default{DefaultKind::kLiteral, "b'" + cursor.Next().text + "'"};
    case TokenKind::kString:
    case TokenKind::kNumber:
    case TokenKind::kHex:
      return Default{DefaultKind::kLiteral, sign + cursor.Next().text};
    default:
      return std::nullopt;
  }
}

// ON UPDATE CURRENT_TIMESTAMP, or what a REFERENCES clause says.
void ReadOn(SqlCursor& cursor, ColumnDefinition& column) {
  cursor.Next();  // UPDATE or DELETE
  if (TakeNow(cursor)) {
    column.on_update_now = true;
    return;
  }
  if (cursor.TakeWord("SET") || cursor.TakeWord("NO")) {
    cursor.Next();
    return;
  }
  cursor.TakeWord("CASCADE") || cursor.TakeWord("RESTRICT");
}

void ReadGenerated(SqlCursor& cursor, ColumnDefinition& column) {
  if (cursor.IsSymbol('(')) {
    cursor.SkipParentheses();
    column.generated = true;
  } else if (cursor.TakeWord("ROW")) {
    column.row_version = true;
    cursor.Next();  // START or END
  }
}

// One attribute; anything that is not known is passed over, with its parentheses.
void ReadAttribute(SqlCursor& cursor, ReadColumn& read) {
  ColumnDefinition& column = read.column;
  if (cursor.TakeWords({"NOT", "NULL"})) {
    column.nullable = false;
  } else if (cursor.TakeWord("NULL")) {
    column.nullable = true;
  } else if (cursor.TakeWord("DEFAULT")) {
    std::tie(column.default_kind, column.default_text) = ReadDefault(cursor);
  } else if (cursor.TakeWord("AUTO_INCREMENT")) {
    column.auto_increment = true;
  } else if (cursor.TakeWord("PRIMARY")) {
    cursor.TakeWord("KEY");
    column.primary_key = true;
  } else if (cursor.TakeWord("UNIQUE")) {
    cursor.TakeWord("KEY");
    column.unique_key = true;
  } else if (cursor.TakeWord("KEY")) {
    column.primary_key = true;
  } else if (cursor.TakeWord("COLLATE")) {
    column.type.collation = cursor.Next().text;
  } else if (cursor.TakeWord("COMMENT")) {
    cursor.Next();
  } else if (cursor.TakeWord("ON")) {
    ReadOn(cursor, column);
  } else if (cursor.TakeWord("AS")) {
    ReadGenerated(cursor, column);
  } else if (cursor.TakeWord("FIRST")) {
    read.place.first = true;
  } else if (cursor.TakeWord("AFTER")) {
    read.place.after = cursor.Next().text;
  } else if (cursor.IsSymbol('(')) {
    cursor.SkipParentheses();
  } else {
    cursor.Next();
  }
}

}  // namespace

void SkipClause(SqlCursor& cursor) {
  while (!EndsClause(cursor)) {
    if (cursor.IsSymbol('(')) {
      cursor.SkipParentheses();
    } else {
      cursor.Next();
    }
  }
}

std::pair<DefaultKind, std::string> ReadDefault(SqlCursor& cursor) {
  if (TakeNow(cursor)) return {DefaultKind::kCurrentTimestamp, {}};
  auto literal = TakeLiteral(cursor);
  // A symbol behind the literal makes it the beginning of an expression: 1 + 1.
  const bool goes_on = cursor.Peek().kind == TokenKind::kSymbol && !EndsClause(cursor);
  if (literal && !goes_on) return *std::move(literal);
  // What is left of it is passed over as attributes; a function call keeps its arguments.
  while (goes_on && !EndsClause(cursor) && cursor.Peek().kind == TokenKind::kSymbol &&
         !cursor.IsSymbol('(')) {
    cursor.Next();
  }
  if (cursor.IsSymbol('(')) {
    cursor.SkipParentheses();
  } else if (!EndsClause(cursor)) {
    cursor.Next();
  }
  return {DefaultKind::kExpression, {}};
}

std::optional<ReadColumn> ReadColumnDefinition(SqlCursor& cursor, bool is_mariadb) {
  if (!cursor.IsName()) return std::nullopt;
  ReadColumn read;
  read.column.name = cursor.Next().text;
  std::optional<ColumnType> type = ReadColumnType(cursor, is_mariadb);
  if (!type) return std::nullopt;
  read.column.type = *std::move(type);
  if (read.column.type.serial) {
    read.column.nullable = false;
    read.column.auto_increment = true;
    read.column.unique_key = true;
  }
  while (!EndsClause(cursor)) ReadAttribute(cursor, read);
  if (read.column.type.charset.empty() && !read.column.type.collation.empty()) {
    read.column.type.charset = CharsetOfCollation(read.column.type.collation);
  }
  return read;
}

}  // namespace foreset::mysql
