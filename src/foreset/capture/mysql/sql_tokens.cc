// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/sql_tokens.h"

#include <algorithm>
#include <optional>

#include "foreset/base/ascii.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {
namespace {

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
// Bytes above ASCII belong to identifiers.
bool IsNameByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

int HexValue(char c) { return IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string DecodeHex(std::string_view digits) {
  std::string padded(digits.size() % 2, '0');
  padded += digits;
  std::string bytes;
  for (std::size_t i = 0; i + 1 < padded.size(); i += 2) {
    bytes += static_cast<char>(HexValue(padded[i]) * 16 + HexValue(padded[i + 1]));
  }
  return bytes;
}

// The escapes of string literals (reference manual, "String Literals"). Before a pattern's
// wildcards the backslash stays.
void AppendUnescaped(char c, std::string& text) {
  constexpr std::string_view kNames = "0bnrtZ";
  constexpr std::string_view kValues("\0\b\n\r\t\x1a", 6);
  if (c == '%' || c == '_') text += '\\';
  const std::size_t found = kNames.find(c);
  text += found == std::string_view::npos ? c : kValues[found];
}

class Tokenizer {
 public:
  Tokenizer(std::string_view sql, const SqlDialect& dialect) : sql_(sql), dialect_(dialect) {}

  std::vector<SqlToken> Run() {
    while (SkipSpaceAndComments()) ReadToken();
    Add(TokenKind::kEnd, {}, at_);
    return std::move(tokens_);
  }

 private:
  char At(std::size_t ahead = 0) const {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }
  void Add(TokenKind kind, std::string text, std::size_t offset) {
    tokens_.push_back({kind, std::move(text), offset});
  }

  // False at the end of the text.
  bool SkipSpaceAndComments() {
    while (at_ < sql_.size()) {
      if (IsSpace(At())) {
        ++at_;
      } else if (At() == '#' ||
                 (At() == '-' && At(1) == '-' && (at_ + 2 >= sql_.size() || IsSpace(At(2))))) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (At() == '/' && At(1) == '*') {
        SkipCommentStart();
      } else if (version_comments_ > 0 && At() == '*' && At(1) == '/') {
        --version_comments_;
        at_ += 2;
      } else {
        return true;
      }
    }
    return false;
  }

  void SkipCommentStart() {
    const bool maria_only = At(2) == 'M' && At(3) == '!';
    if (At(2) == '!' || (maria_only && dialect_.is_mariadb)) {
      at_ += maria_only ? 4 : 3;
      while (IsDigit(At())) ++at_;
      ++version_comments_;
      return;
    }
    const std::size_t end = sql_.find("*/", at_ + 2);
    at_ = end == std::string_view::npos ? sql_.size() : end + 2;
  }

  void ReadToken() {
    const char c = At();
    if (c == '`' || (c == '"' && dialect_.ansi_quotes)) {
      ReadQuoted(TokenKind::kQuotedName, c, false);
    } else if (c == '\'' || c == '"') {
      ReadQuoted(TokenKind::kString, c, !dialect_.no_backslash_escapes);
    } else if ((c == 'x' || c == 'X' || c == 'b' || c == 'B') && At(1) == '\'') {
      ReadQuotedDigits((c | 0x20) == 'x');
    } else if (c == '0' && (At(1) == 'x' || At(1) == 'b') && IsHexDigit(At(2))) {
      ReadPrefixedDigits(At(1) == 'x');
    } else if ((c == 'n' || c == 'N') && At(1) == '\'') {
      ++at_;
      ReadQuoted(TokenKind::kString, '\'', !dialect_.no_backslash_escapes);
    } else if (IsDigit(c) || (c == '.' && IsDigit(At(1)) && !AfterName())) {
      ReadNumberOrName();
    } else if (IsNameByte(c)) {
      ReadName();
    } else {
      Add(TokenKind::kSymbol, std::string(1, c), at_);
      ++at_;
    }
  }

  // "t.1a" is a qualified name, " .5" a number.
  bool AfterName() const {
    return !tokens_.empty() && (tokens_.back().kind == TokenKind::kWord ||
                                tokens_.back().kind == TokenKind::kQuotedName);
  }

  void ReadQuoted(TokenKind kind, char quote, bool escapes) {
    const std::size_t start = at_++;
    std::string text;
    while (at_ < sql_.size()) {
      const char c = sql_[at_++];
      if (c == quote) {
        if (At() != quote) break;
        text += quote;
        ++at_;
      } else if (c == '\\' && escapes && at_ < sql_.size()) {
        AppendUnescaped(sql_[at_++], text);
      } else {
        text += c;
      }
    }
    // Adjacent strings are one.
    if (kind == TokenKind::kString && !tokens_.empty() &&
        tokens_.back().kind == TokenKind::kString) {
      tokens_.back().text += text;
      return;
    }
    Add(kind, std::move(text), start);
  }

  void ReadQuotedDigits(bool hex) {
    const std::size_t start = at_;
    const std::size_t end = std::min(sql_.find('\'', at_ + 2), sql_.size());
    const std::string_view digits = sql_.substr(at_ + 2, end - at_ - 2);
    at_ = std::min(end + 1, sql_.size());
    AddDigits(digits, hex, start);
  }

  void ReadPrefixedDigits(bool hex) {
    const std::size_t start = at_;
    at_ += 2;
    const std::size_t first = at_;
    while (IsHexDigit(At())) ++at_;
    AddDigits(sql_.substr(first, at_ - first), hex, start);
  }

  void AddDigits(std::string_view digits, bool hex, std::size_t start) {
    if (!std::ranges::all_of(digits, IsHexDigit)) digits = {};
    Add(hex ? TokenKind::kHex : TokenKind::kBits, hex ? DecodeHex(digits) : std::string(digits),
        start);
  }

  // Identifiers may begin with a digit: "2024_sales".
  void ReadNumberOrName() {
    std::size_t end = at_;
    while (end < sql_.size() && IsNameByte(sql_[end])) ++end;
    const std::string_view run = sql_.substr(at_, end - at_);
    const std::size_t digits = std::min(run.find_first_not_of("0123456789"), run.size());
    const bool exponent = digits < run.size() && (run[digits] | 0x20) == 'e';
    if (digits < run.size() && !exponent) return ReadName();
    const std::size_t start = at_;
    at_ += digits;
    if (At() == '.') {
      ++at_;
      while (IsDigit(At())) ++at_;
    }
    if ((At() | 0x20) == 'e' &&
        (IsDigit(At(1)) || ((At(1) == '+' || At(1) == '-') && IsDigit(At(2))))) {
      at_ += 2;
      while (IsDigit(At())) ++at_;
    }
    Add(TokenKind::kNumber, std::string(sql_.substr(start, at_ - start)), start);
  }

  void ReadName() {
    const std::size_t start = at_;
    while (at_ < sql_.size() && IsNameByte(sql_[at_])) ++at_;
    Add(TokenKind::kWord, std::string(sql_.substr(start, at_ - start)), start);
  }

  std::string_view sql_;
  const SqlDialect dialect_;
  std::size_t at_ = 0;
  int version_comments_ = 0;
  std::vector<SqlToken> tokens_;
};

}  // namespace

std::vector<SqlToken> TokenizeSql(std::string_view sql, const SqlDialect& dialect) {
  return Tokenizer(sql, dialect).Run();
}

const SqlToken& SqlCursor::Peek(std::size_t ahead) const {
  return tokens_[std::min(index_ + ahead, tokens_.size() - 1)];
}

const SqlToken& SqlCursor::Next() {
  const SqlToken& token = Peek();
  if (index_ + 1 < tokens_.size()) ++index_;
  return token;
}

bool SqlCursor::IsWord(std::string_view word, std::size_t ahead) const {
  const SqlToken& token = Peek(ahead);
  return token.kind == TokenKind::kWord && SameName(token.text, word);
}

bool SqlCursor::IsSymbol(char symbol, std::size_t ahead) const {
  const SqlToken& token = Peek(ahead);
  return token.kind == TokenKind::kSymbol && token.text[0] == symbol;
}

bool SqlCursor::IsName(std::size_t ahead) const {
  const TokenKind kind = Peek(ahead).kind;
  return kind == TokenKind::kWord || kind == TokenKind::kQuotedName;
}

bool SqlCursor::TakeWord(std::string_view word) {
  if (!IsWord(word)) return false;
  ++index_;
  return true;
}

bool SqlCursor::TakeSymbol(char symbol) {
  if (!IsSymbol(symbol)) return false;
  ++index_;
  return true;
}

bool SqlCursor::TakeWords(std::initializer_list<std::string_view> words) {
  std::size_t ahead = 0;
  for (const std::string_view word : words) {
    if (!IsWord(word, ahead++)) return false;
  }
  index_ += words.size();
  return true;
}

void SqlCursor::SkipParentheses() {
  std::size_t depth = 0;
  do {
    if (IsSymbol('(')) ++depth;
    if (IsSymbol(')')) --depth;
    Next();
  } while (depth > 0 && !AtEnd());
}

}  // namespace foreset::mysql
