// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/query_kind.h"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";

void SkipSpaceAndComments(std::string_view& text) {
  while (true) {
    const std::size_t first = text.find_first_not_of(kSpace);
    text.remove_prefix(first == std::string_view::npos ? text.size() : first);
    if (text.starts_with("/*") && !text.starts_with("/*!") && !text.starts_with("/*M!")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else if (text.starts_with("#") || text.starts_with("-- ")) {
      const std::size_t end = text.find('\n');
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    } else {
      return;
    }
  }
}

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool IsWord(char c) { return (Upper(c) >= 'A' && Upper(c) <= 'Z') || c == '_'; }

// Cuts the next word off, in upper case; empty when there is none.
std::string NextWord(std::string_view& text) {
  SkipSpaceAndComments(text);
  std::string word;
  while (!text.empty() && IsWord(text.front())) {
    word += Upper(text.front());
    text.remove_prefix(1);
  }
  return word;
}

std::string_view Trimmed(std::string_view text) {
  SkipSpaceAndComments(text);
  while (!text.empty() &&
         (kSpace.find(text.back()) != std::string_view::npos || text.back() == ';')) {
    text.remove_suffix(1);
  }
  return text;
}

bool IsDml(std::string_view word) {
  constexpr std::array<std::string_view, 9> kWords = {
      "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "WITH", "DO", "SELECT"};
  for (const std::string_view dml : kWords) {
    if (word == dml) return true;
  }
  return false;
}

QueryMeaning XaMeaning(std::string_view rest) {
  const std::string verb = NextWord(rest);
  QueryMeaning meaning;
  if (verb == "START" || verb == "BEGIN") {
    meaning.kind = QueryKind::kXaStart;
  } else if (verb == "END") {
    meaning.kind = QueryKind::kXaEnd;
  } else if (verb == "COMMIT") {
    meaning.kind = QueryKind::kXaCommit;
  } else if (verb == "ROLLBACK") {
    meaning.kind = QueryKind::kXaRollback;
  }
  meaning.name = CanonicalXid(Trimmed(rest));
  return meaning;
}

// MariaDB: SET STATEMENT variable = value, … FOR a statement of any kind.
QueryMeaning SetMeaning(std::string_view rest) {
  if (NextWord(rest) != "STATEMENT") return {};
  while (!rest.empty()) {
    const std::string word = NextWord(rest);
    if (word == "FOR") return {IsDml(NextWord(rest)) ? QueryKind::kDml : QueryKind::kOther, {}};
    if (word.empty()) rest.remove_prefix(1);
  }
  return {};
}

QueryMeaning RollbackMeaning(std::string_view rest) {
  std::string word = NextWord(rest);
  if (word == "WORK") word = NextWord(rest);
  if (word != "TO") return {QueryKind::kRollback, {}};
  const std::string_view before_name = rest;
  if (NextWord(rest) != "SAVEPOINT") rest = before_name;
  return {QueryKind::kRollbackTo, std::string(Trimmed(rest))};
}

// One literal of an XA id, as hex digits.
std::string LiteralAsHex(std::string_view& text) {
  std::string hex;
  const bool is_hex = text.starts_with("X'") || text.starts_with("x'");
  if (is_hex) text.remove_prefix(1);
  if (!text.starts_with("'")) return hex;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '\'') {
    const char c = text.front();
    if (is_hex) {
      hex += c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c;
    } else {
      hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return hex;
}

}  // namespace

std::string CanonicalXid(std::string_view text) {
  const auto skip_comma = [&] {
    while (!text.empty() && (text.front() == ',' || text.front() == ' ')) text.remove_prefix(1);
  };
  const std::string global = LiteralAsHex(text);
  skip_comma();
  const std::string branch = LiteralAsHex(text);
  skip_comma();
  std::string format(text.substr(0, text.find_first_not_of("0123456789")));
  if (format.empty()) format = "1";
  return fmt::format("X'{}',X'{}',{}", global, branch, format);
}

QueryMeaning MeaningOf(std::string_view text) {
  std::string_view rest = text;
  const std::string word = NextWord(rest);
  if (word == "BEGIN") return {QueryKind::kBegin, {}};
  if (word == "COMMIT") return {QueryKind::kCommit, {}};
  if (word == "ROLLBACK") return RollbackMeaning(rest);
  if (word == "SAVEPOINT") return {QueryKind::kSavepoint, std::string(Trimmed(rest))};
  if (word == "XA") return XaMeaning(rest);
  if (word == "SET") return SetMeaning(rest);
  if (word == "RELEASE") return {QueryKind::kReleaseSavepoint, {}};
  if (word == "START") {
    return {NextWord(rest) == "TRANSACTION" ? QueryKind::kBegin : QueryKind::kOther, {}};
  }
  return {IsDml(word) ? QueryKind::kDml : QueryKind::kOther, {}};
}

}  // namespace foreset::mysql
