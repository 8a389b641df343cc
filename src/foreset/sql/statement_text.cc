// SPDX-License-Identifier: MIT
#include "foreset/sql/statement_text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/sql/engine.h"

namespace foreset::sql {
namespace {

enum class TokenKind { kSpace, kWord, kName, kText, kSign };

struct Token {
  TokenKind kind;
  std::string_view text;
};

bool IsWord(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '$' || byte >= 0x80;
}

bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

// Behind the closing quote; a doubled one is part of the text, and so is an escaped one.
std::size_t EndOfQuoted(std::string_view text, std::size_t at, bool escapes) {
  const char quote = text[at++];
  while (at < text.size()) {
    const bool escaped = escapes && text[at] == '\\';
    const bool doubled = text[at] == quote && at + 1 < text.size() && text[at + 1] == quote;
    if (text[at] == quote && !doubled) return at + 1;
    at += escaped || doubled ? 2 : 1;
  }
  return text.size();
}

std::size_t EndOfComment(std::string_view text, std::size_t at) {
  if (text[at] == '-') return std::min(text.find('\n', at), text.size());
  int depth = 0;
  for (; at + 1 < text.size(); ++at) {
    const std::string_view pair = text.substr(at, 2);
    if (pair != "/*" && pair != "*/") continue;
    depth += pair == "/*" ? 1 : -1;
    ++at;
    if (depth == 0) return at + 1;
  }
  return text.size();
}

// Behind the closing $tag$; `at` itself when no dollar quote begins here.
std::size_t EndOfDollars(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && IsWord(text[end]) && text[end] != '$') ++end;
  if (end >= text.size() || text[end] != '$' || IsDigits(text.substr(at + 1, end - at - 1))) {
    return at;
  }
  const std::string_view tag = text.substr(at, end + 1 - at);
  const std::size_t closing = text.find(tag, end + 1);
  return closing == std::string_view::npos ? text.size() : closing + tag.size();
}

bool BeginsComment(std::string_view text, std::size_t at) {
  const std::string_view pair = text.substr(at, 2);
  return pair == "--" || pair == "/*";
}

Token TokenAt(std::string_view text, std::size_t at) {
  const auto until = [&](TokenKind kind, std::size_t end) {
    return Token{kind, text.substr(at, std::min(end, text.size()) - at)};
  };
  const char c = text[at];
  if (BeginsComment(text, at)) return until(TokenKind::kSpace, EndOfComment(text, at));
  if (c == '"' || c == '`') return until(TokenKind::kName, EndOfQuoted(text, at, false));
  if (c == '\'') return until(TokenKind::kText, EndOfQuoted(text, at, false));
  if ((c == 'e' || c == 'E') && text.substr(at + 1, 1) == "'") {
    return until(TokenKind::kText, EndOfQuoted(text, at + 1, true));
  }
  if (c == '$') {
    if (const std::size_t end = EndOfDollars(text, at); end != at) {
      return until(TokenKind::kText, end);
    }
  }
  std::size_t end = at + 1;
  if (IsSpace(c)) {
    while (end < text.size() && IsSpace(text[end])) ++end;
    return until(TokenKind::kSpace, end);
  }
  if (!IsWord(c)) return until(TokenKind::kSign, end);
  while (end < text.size() && IsWord(text[end])) ++end;
  return until(TokenKind::kWord, end);
}

std::vector<Token> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size(); at += tokens.back().text.size()) {
    tokens.push_back(TokenAt(text, at));
  }
  return tokens;
}

std::string Unquoted(std::string_view text) {
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    plain += text[i];
    if (text[i] == text.front()) ++i;
  }
  return plain;
}

std::string Plain(const Token& token) {
  return token.kind == TokenKind::kWord ? std::string(token.text) : Unquoted(token.text);
}

bool IsName(const Token& token) {
  return token.kind == TokenKind::kName || token.kind == TokenKind::kWord;
}

bool IsVersion(const Token& token) {
  if (token.kind == TokenKind::kText) return token.text.front() == '\'';
  return token.kind == TokenKind::kWord && token.text.front() == 'v' &&
         IsDigits(token.text.substr(1));
}

// What follows a token, without space and comments.
class Ahead {
 public:
  Ahead(const std::vector<Token>& tokens, std::size_t at) : tokens_(tokens), at_(at + 1) {}

  bool Word(std::string_view word) {
    const Token* token = Next();
    const bool same =
        token != nullptr && token->kind == TokenKind::kWord && EqualIgnoringCase(token->text, word);
    return same && Take();
  }
  bool Sign(std::string_view sign) {
    const Token* token = Next();
    return token != nullptr && token->kind == TokenKind::kSign && token->text == sign && Take();
  }
  // "v3" of the number 3 or '3'; the text of a time.
  std::optional<std::string> Version() {
    const Token* token = Next();
    if (token == nullptr) return std::nullopt;
    const std::string text =
        token->kind == TokenKind::kText ? Unquoted(token->text) : std::string(token->text);
    if (!IsDigits(text)) return std::nullopt;
    Take();
    return "v" + text;
  }
  std::optional<std::string> Time() {
    const Token* token = Next();
    if (token == nullptr || token->kind != TokenKind::kText || token->text.front() != '\'') {
      return std::nullopt;
    }
    Take();
    return Unquoted(token->text);
  }

  std::size_t at() const { return at_; }

 private:
  const Token* Next() {
    while (at_ < tokens_.size() && tokens_[at_].kind == TokenKind::kSpace) ++at_;
    return at_ < tokens_.size() ? &tokens_[at_] : nullptr;
  }
  bool Take() {
    ++at_;
    return true;
  }

  const std::vector<Token>& tokens_;
  std::size_t at_;
};

struct WrittenVersion {
  std::string version;  // as behind the @ of a view's name
  std::size_t end;      // the token behind it
};

// Of Spark: T [FOR] VERSION AS OF 3, T [FOR] TIMESTAMP AS OF 'TIME'; of DuckDB: T AT (VERSION =>
// 3), T AT (TIMESTAMP => 'TIME').
std::optional<WrittenVersion> WordyVersion(const std::vector<Token>& tokens, std::size_t at) {
  const auto read = [&](bool is_time, bool in_parentheses) -> std::optional<WrittenVersion> {
    Ahead ahead(tokens, at);
    const std::string_view what = is_time ? "TIMESTAMP" : "VERSION";
    if (in_parentheses) {
      if (!ahead.Word("AT") || !ahead.Sign("(") || !ahead.Word(what) || !ahead.Sign("=") ||
          !ahead.Sign(">")) {
        return std::nullopt;
      }
    } else {
      ahead.Word("FOR");
      if (!ahead.Word(what) || !ahead.Word("AS") || !ahead.Word("OF")) return std::nullopt;
      ahead.Word("TIMESTAMP");  // before a literal
    }
    auto version = is_time ? ahead.Time() : ahead.Version();
    if (!version || (in_parentheses && !ahead.Sign(")"))) return std::nullopt;
    return WrittenVersion{*std::move(version), ahead.at()};
  };
  for (const bool is_time : {false, true}) {
    for (const bool in_parentheses : {false, true}) {
      if (auto written = read(is_time, in_parentheses)) return written;
    }
  }
  return std::nullopt;
}

// T@v3, T@'TIME', or with more words.
std::optional<WrittenVersion> VersionBehind(const std::vector<Token>& tokens, std::size_t at) {
  if (at + 2 < tokens.size() && tokens[at + 1].text == "@" && IsVersion(tokens[at + 2])) {
    return WrittenVersion{Plain(tokens[at + 2]), at + 3};
  }
  return WordyVersion(tokens, at);
}

// Where a character of UTF-8 begins.
std::size_t ByteOf(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && seen++ == character) break;
  }
  return at;
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

StatementTexts SplitStatements(std::string_view text) {
  StatementTexts split;
  bool empty = true;  // nothing but space and comments so far
  for (const Token& token : Tokens(text)) {
    const bool ends = token.kind == TokenKind::kSign && token.text == ";";
    if (!ends) {
      split.rest += token.text;
      empty = empty && token.kind == TokenKind::kSpace;
      continue;
    }
    if (!empty) split.statements.push_back(Trimmed(split.rest));
    split.rest.clear();
    empty = true;
  }
  split.rest = empty ? "" : Trimmed(split.rest);
  return split;
}

std::string QuoteVersions(std::string_view statement) {
  const std::vector<Token> tokens = Tokens(statement);
  std::string text;
  for (std::size_t i = 0; i < tokens.size();) {
    const auto version = IsName(tokens[i]) ? VersionBehind(tokens, i) : std::nullopt;
    text += version ? Quoted(Plain(tokens[i]) + "@" + version->version) : tokens[i].text;
    i = version ? version->end : i + 1;
  }
  return text;
}

std::vector<std::vector<std::string>> NamesIn(std::string_view statement) {
  const std::vector<Token> tokens = Tokens(statement);
  std::vector<std::vector<std::string>> names;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!IsName(tokens[i])) continue;
    names.push_back({Plain(tokens[i])});
    if (i < 2 || tokens[i - 1].text != "." || !IsName(tokens[i - 2])) continue;
    names.push_back({Plain(tokens[i - 2]), Plain(tokens[i])});
  }
  return names;
}

std::string TranslateQuotes(std::string_view condition) {
  const std::vector<Token> tokens = Tokens(condition);
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool bytes = EqualIgnoringCase(tokens[i].text, "x") && i + 1 < tokens.size() &&
                       tokens[i + 1].text.front() == '\'';
    if (bytes) {
      text += fmt::format("from_hex({})", tokens[++i].text);
    } else {
      text += tokens[i].text.front() == '`' ? Quoted(Plain(tokens[i])) : tokens[i].text;
    }
  }
  return text;
}

std::optional<std::string> QuoteNameAt(std::string_view text, std::size_t character,
                                       const std::vector<std::string>& names) {
  const std::size_t place = ByteOf(text, character);
  std::optional<std::string_view> found;
  for (const Token& token : Tokens(text)) {
    if (static_cast<std::size_t>(token.text.data() - text.data()) > place) break;
    if (token.kind == TokenKind::kSpace) continue;
    const bool named =
        token.kind == TokenKind::kWord && std::ranges::any_of(names, [&](const std::string& name) {
          return EqualIgnoringCase(name, token.text);
        });
    const bool at_place = token.text.data() + token.text.size() > text.data() + place;
    if (named || !at_place) found = named ? std::optional(token.text) : std::nullopt;
  }
  if (!found) return std::nullopt;
  const auto begin = static_cast<std::size_t>(found->data() - text.data());
  return fmt::format("{}{}{}", text.substr(0, begin), Quoted(*found),
                     text.substr(begin + found->size()));
}

VersionedName ParseVersionedName(std::string_view name) {
  const std::size_t at = name.rfind('@');
  if (at == std::string_view::npos) return {std::string(name), {}, {}};
  const std::string_view version = name.substr(at + 1);
  VersionedName parsed{std::string(name.substr(0, at)), {}, {}};
  if (version.starts_with('v') && IsDigits(version.substr(1))) {
    parsed.version = version.substr(1);
  } else {
    parsed.at = version;
  }
  return parsed;
}

}  // namespace foreset::sql
