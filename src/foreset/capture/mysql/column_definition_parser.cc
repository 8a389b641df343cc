// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/column_definition_parser.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace foreset::mysql {
namespace {

constexpr auto kNowWords =
    std::to_array<std::string_view>({"CURRENT_TIMESTAMP", "NOW", "LOCALTIME", "LOCALTIMESTAMP"});

// Attributes without effect on values: alone, or with one word or literal behind them.
constexpr auto kLoneWords =
    std::to_array<std::string_view>({"VISIBLE", "INVISIBLE", "VIRTUAL", "STORED", "PERSISTENT"});
constexpr auto kWordsWithValue =
    std::to_array<std::string_view>({"COMMENT", "COLUMN_FORMAT", "STORAGE", "SRID", "REF_SYSTEM_ID",
                                     "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"});
// Where an expression without parentheses ends (MariaDB).
constexpr auto kAttributeWords =
    std::to_array<std::string_view>({"NOT", "AUTO_INCREMENT", "PRIMARY", "UNIQUE", "KEY", "COLLATE",
                                     "CONSTRAINT", "CHECK", "ON", "FIRST", "AFTER", "REFERENCES"});

// Character sets in which the bytes of ASCII are ASCII.
constexpr auto kIntroducers =
    std::to_array<std::string_view>({"_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii"});

template <std::size_t N>
bool IsOneOf(const SqlCursor& cursor, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return cursor.IsWord(word); });
}

bool TakeNow(SqlCursor& cursor) {
  for (const std::string_view word : kNowWords) {
    if (!cursor.TakeWord(word)) continue;
    if (cursor.IsSymbol('(')) cursor.SkipParentheses();
    return true;
  }
  return false;
}

bool IsLiteralToken(const SqlToken& token) {
  return token.kind == TokenKind::kString || token.kind == TokenKind::kHex ||
         token.kind == TokenKind::kBits;
}

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// After an introducer: bytes of that character set.
DefaultClause Introduced(std::string_view introducer, const SqlToken& token) {
  const bool is_ascii = std::ranges::any_of(
      kIntroducers, [&](std::string_view name) { return SameName(name, introducer); });
  const bool plain = is_ascii && token.kind == TokenKind::kString && IsAscii(token.text);
  return {DefaultKind::kLiteral, plain ? LiteralForm::kText : LiteralForm::kOther, token.text};
}

std::optional<DefaultClause> TakeNumber(SqlCursor& cursor) {
  const bool is_signed = cursor.IsSymbol('-') || cursor.IsSymbol('+');
  if (cursor.Peek(is_signed ? 1 : 0).kind != TokenKind::kNumber) return std::nullopt;
  const std::string sign = is_signed && cursor.Next().text == "-" ? "-" : "";
  return DefaultClause{DefaultKind::kLiteral, LiteralForm::kNumber, sign + cursor.Next().text};
}

// A literal, with its sign, introducer (_utf8mb4'…') or type (DATE '…').
std::optional<DefaultClause> TakeLiteral(SqlCursor& cursor) {
  if (cursor.TakeWord("NULL")) return DefaultClause{DefaultKind::kNull, LiteralForm::kText, {}};
  if (cursor.TakeWord("TRUE")) {
    return DefaultClause{DefaultKind::kLiteral, LiteralForm::kNumber, "1"};
  }
  if (cursor.TakeWord("FALSE")) {
    return DefaultClause{DefaultKind::kLiteral, LiteralForm::kNumber, "0"};
  }
  if (IsLiteralToken(cursor.Peek(1)) && cursor.Peek().kind == TokenKind::kWord) {
    if (cursor.Peek().text.starts_with('_')) {
      const std::string introducer = cursor.Next().text;
      return Introduced(introducer, cursor.Next());
    }
    cursor.TakeWord("DATE") || cursor.TakeWord("TIME") || cursor.TakeWord("TIMESTAMP");
  }
  const SqlToken& token = cursor.Peek();
  if (!IsLiteralToken(token)) return TakeNumber(cursor);
  cursor.Next();
  if (token.kind == TokenKind::kString) {
    return DefaultClause{DefaultKind::kLiteral, LiteralForm::kText, token.text};
  }
  if (token.kind == TokenKind::kHex) {
    return DefaultClause{DefaultKind::kLiteral, LiteralForm::kBytes, token.text};
  }
  return DefaultClause{DefaultKind::kLiteral, LiteralForm::kBits, "b'" + token.text + "'"};
}

// "('abc')": stored as an expression, which gives each row the literal.
std::optional<DefaultClause> TakeParenthesised(SqlCursor& cursor) {
  const std::size_t start = cursor.index();
  if (cursor.TakeSymbol('(')) {
    auto literal = TakeLiteral(cursor);
    if (literal && cursor.TakeSymbol(')')) return literal;
  }
  cursor.Seek(start);
  return std::nullopt;
}

DefaultClause SkipExpression(SqlCursor& cursor) {
  do {
    if (cursor.IsSymbol('(')) {
      cursor.SkipParentheses();
    } else {
      cursor.Next();
    }
  } while (!EndsClause(cursor) && !IsOneOf(cursor, kAttributeWords) && !cursor.IsWord("NULL") &&
           !IsOneOf(cursor, kLoneWords) && !IsOneOf(cursor, kWordsWithValue));
  return {DefaultKind::kExpression, LiteralForm::kOther, {}};
}

// ON UPDATE CURRENT_TIMESTAMP, or what a REFERENCES clause says.
bool ReadOn(SqlCursor& cursor, ColumnDefinition& column) {
  const bool update = cursor.IsWord("UPDATE");
  if (!cursor.TakeWord("UPDATE") && !cursor.TakeWord("DELETE")) return false;
  if (update && TakeNow(cursor)) {
    column.on_update_now = true;
    return true;
  }
  return cursor.TakeWord("CASCADE") || cursor.TakeWord("RESTRICT") ||
         cursor.TakeWords({"NO", "ACTION"}) || cursor.TakeWords({"SET", "NULL"}) ||
         cursor.TakeWords({"SET", "DEFAULT"});
}

bool ReadGenerated(SqlCursor& cursor, ColumnDefinition& column) {
  if (cursor.IsSymbol('(')) {
    cursor.SkipParentheses();
    column.generated = true;
    return true;
  }
  if (!cursor.TakeWord("ROW")) return false;
  column.row_version = true;
  return cursor.TakeWord("START") || cursor.TakeWord("END");
}

bool ReadReferences(SqlCursor& cursor) {
  ReadColumnName(cursor);  // of a table: the same form
  if (cursor.IsSymbol('(')) cursor.SkipParentheses();
  if (cursor.TakeWord("MATCH")) cursor.Next();
  return true;
}

bool ReadConstraint(SqlCursor& cursor) {
  if (cursor.TakeWord("CONSTRAINT") && !cursor.IsWord("CHECK")) {
    cursor.Next();
    if (cursor.IsWord("REFERENCES")) return true;
  }
  if (!cursor.TakeWord("CHECK") || !cursor.IsSymbol('(')) return false;
  cursor.SkipParentheses();
  cursor.TakeWords({"NOT", "ENFORCED"}) || cursor.TakeWord("ENFORCED");
  return true;
}

// NULL, DEFAULT, keys: what the column's values or the table's rows are known by. Nothing when the
// attribute is another; false when it is not understood.
std::optional<bool> ReadMeaning(SqlCursor& cursor, ReadColumn& read) {
  ColumnDefinition& column = read.column;
  if (cursor.TakeWords({"NOT", "NULL"})) {
    column.nullable = false;
  } else if (cursor.TakeWord("NULL")) {
    column.nullable = true;
  } else if (cursor.TakeWord("DEFAULT")) {
    column.default_clause = ReadDefault(cursor);
  } else if (cursor.TakeWord("AUTO_INCREMENT")) {
    column.auto_increment = true;
  } else if (cursor.TakeWords({"SERIAL", "DEFAULT", "VALUE"})) {
    column.nullable = false;
    column.auto_increment = true;
    column.unique_key = true;
  } else if (cursor.TakeWord("PRIMARY")) {
    cursor.TakeWord("KEY");
    column.primary_key = true;
  } else if (cursor.TakeWord("UNIQUE")) {
    cursor.TakeWord("KEY");
    column.unique_key = true;
  } else if (cursor.TakeWord("KEY")) {
    column.primary_key = true;
  } else if (cursor.TakeWord("ON")) {
    return ReadOn(cursor, column);
  } else if (cursor.TakeWords({"GENERATED", "ALWAYS", "AS"}) || cursor.TakeWord("AS")) {
    return ReadGenerated(cursor, column);
  } else {
    return std::nullopt;
  }
  return true;
}

// One attribute; false when it is not understood.
bool ReadAttribute(SqlCursor& cursor, ReadColumn& read) {
  if (const auto understood = ReadMeaning(cursor, read)) return *understood;
  if (cursor.TakeWord("COLLATE")) {
    read.column.type.collation = ReadCharsetName(cursor);
    return true;
  }
  if (cursor.TakeWord("FIRST")) {
    read.place.first = true;
    return true;
  }
  if (cursor.TakeWord("AFTER")) {
    read.place.after = ReadColumnName(cursor);
    return true;
  }
  if (cursor.TakeWord("REFERENCES")) return ReadReferences(cursor);
  if (cursor.IsWord("CHECK") || cursor.IsWord("CONSTRAINT")) return ReadConstraint(cursor);
  if (cursor.TakeWords({"WITHOUT", "SYSTEM", "VERSIONING"})) return true;
  if (cursor.TakeWords({"WITH", "SYSTEM", "VERSIONING"})) return true;
  if (cursor.TakeWords({"NOT", "SECONDARY"})) return true;
  if (cursor.TakeWord("COMPRESSED")) {
    if (cursor.TakeSymbol('=')) cursor.Next();
    return true;
  }
  if (IsOneOf(cursor, kLoneWords)) {
    cursor.Next();
    return true;
  }
  if (!IsOneOf(cursor, kWordsWithValue)) return false;
  cursor.Next();
  cursor.TakeSymbol('=');
  cursor.Next();
  return true;
}

}  // namespace

bool EndsClause(const SqlCursor& cursor) {
  return cursor.AtEnd() || cursor.IsSymbol(',') || cursor.IsSymbol(')');
}

void SkipClause(SqlCursor& cursor) {
  while (!EndsClause(cursor)) {
    if (cursor.IsSymbol('(')) {
      cursor.SkipParentheses();
    } else {
      cursor.Next();
    }
  }
}

std::string ReadColumnName(SqlCursor& cursor) {
  cursor.TakeSymbol('.');
  if (!cursor.IsName()) return {};
  std::string name = cursor.Next().text;
  while (cursor.TakeSymbol('.')) name = cursor.Next().text;
  return name;
}

DefaultClause ReadDefault(SqlCursor& cursor) {
  const std::size_t start = cursor.index();
  std::optional<DefaultClause> value;
  if (TakeNow(cursor)) {
    value = {DefaultKind::kCurrentTimestamp, LiteralForm::kOther, {}};
  } else if (cursor.IsSymbol('(')) {
    value = TakeParenthesised(cursor);
  } else {
    value = TakeLiteral(cursor);
  }
  // A symbol behind it makes it the beginning of an expression: 1 + 1.
  const bool goes_on = cursor.Peek().kind == TokenKind::kSymbol && !EndsClause(cursor);
  if (value && !goes_on) return *std::move(value);
  cursor.Seek(start);
  return SkipExpression(cursor);
}

std::optional<ReadColumn> ReadColumnDefinition(SqlCursor& cursor, const SqlDialect& dialect) {
  ReadColumn read;
  read.column.name = ReadColumnName(cursor);
  if (read.column.name.empty()) return std::nullopt;
  std::optional<ColumnType> type = ReadColumnType(cursor, dialect);
  if (!type) return std::nullopt;
  read.column.type = *std::move(type);
  if (read.column.type.serial) {
    read.column.nullable = false;
    read.column.auto_increment = true;
    read.column.unique_key = true;
  }
  while (!EndsClause(cursor) && !cursor.IsWord("PARTITION")) {
    if (!ReadAttribute(cursor, read)) return std::nullopt;
  }
  if (read.column.type.charset.empty() && !read.column.type.collation.empty()) {
    read.column.type.charset = CharsetOfCollation(read.column.type.collation);
  }
  return read;
}

}  // namespace foreset::mysql
