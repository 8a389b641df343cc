// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::mysql {

enum class TokenKind : std::uint8_t {
  kWord,        // a keyword or bare identifier, as written
  kQuotedName,  // `…`, or "…" under ANSI_QUOTES; without the quotes
  kString,      // '…' or "…"; decoded
  kNumber,      // 12, -1.5e3 is a symbol and a number
  kHex,         // x'4D', 0x4D; the decoded bytes
  kBits,        // b'101', 0b101; the digits
  kSymbol,      // one character, except `:=` and `@@`
  kEnd,
};

struct SqlToken {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  std::size_t offset = 0;  // of its first byte in the statement
};

struct SqlDialect {
  bool is_mariadb = false;
  bool ansi_quotes = false;
  bool no_backslash_escapes = false;
  bool real_is_float = false;
};

// Splits a statement as the server's lexer does: comments fall away, the contents of version
// comments (/*!…*/, and MariaDB's own /*M!…*/ on MariaDB) stay. Never fails: bytes that are no SQL
// become symbols, an unterminated string ends with the text. Ends with one kEnd token.
std::vector<SqlToken> TokenizeSql(std::string_view sql, const SqlDialect& dialect);

// A place in a statement's tokens, with the questions that a recursive-descent parser asks.
class SqlCursor {
 public:
  explicit SqlCursor(const std::vector<SqlToken>& tokens) : tokens_(tokens) {}

  // `ahead` tokens from here; kEnd at and after the end.
  const SqlToken& Peek(std::size_t ahead = 0) const;
  const SqlToken& Next();
  bool AtEnd() const { return Peek().kind == TokenKind::kEnd; }

  bool IsWord(std::string_view word, std::size_t ahead = 0) const;
  bool IsSymbol(char symbol, std::size_t ahead = 0) const;
  // Identifiers: a bare word or a quoted name.
  bool IsName(std::size_t ahead = 0) const;
  // Consume when it is there.
  bool TakeWord(std::string_view word);
  bool TakeSymbol(char symbol);
  // All or nothing: TakeWords({"IF", "NOT", "EXISTS"}).
  bool TakeWords(std::initializer_list<std::string_view> words);

  // At "(": moves past the matching ")", or to the end when there is none.
  void SkipParentheses();
  std::size_t index() const { return index_; }
  void Seek(std::size_t index) { index_ = index; }

 private:
  const std::vector<SqlToken>& tokens_;
  std::size_t index_ = 0;
};

}  // namespace foreset::mysql
