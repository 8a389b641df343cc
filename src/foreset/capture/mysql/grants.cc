// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/grants.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {
namespace {

std::string UpperWord(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
  });
  return text;
}

bool Holds(const std::set<std::string>& held, std::string_view privilege) {
  return held.contains(std::string(privilege)) || held.contains("ALL PRIVILEGES") ||
         held.contains("ALL");
}

}  // namespace

void Grants::Add(std::string_view line, bool is_mariadb) {
  const std::vector<SqlToken> tokens = TokenizeSql(line, SqlDialect{.is_mariadb = is_mariadb});
  SqlCursor cursor(tokens);
  if (!cursor.TakeWord("GRANT")) return;
  std::set<std::string> privileges;
  std::string words;
  const auto end_privilege = [&] {
    if (!words.empty()) privileges.insert(std::exchange(words, {}));
  };
  while (!cursor.AtEnd() && !cursor.IsWord("ON") && !cursor.IsWord("TO")) {
    if (cursor.IsSymbol('(')) {
      cursor.SkipParentheses();
    } else if (cursor.TakeSymbol(',')) {
      end_privilege();
    } else {
      words += (words.empty() ? "" : " ") + UpperWord(cursor.Next().text);
    }
  }
  end_privilege();
  // Without ON it is a role that is granted.
  if (!cursor.TakeWord("ON")) return;
  const bool global = cursor.IsSymbol('*') && cursor.IsSymbol('.', 1);
  (global ? global_ : local_).merge(privileges);
}

bool Grants::HasGlobal(std::string_view privilege) const { return Holds(global_, privilege); }

bool Grants::HasAnywhere(std::string_view privilege) const {
  return HasGlobal(privilege) || Holds(local_, privilege);
}

std::string QuoteUser(std::string_view user) {
  const std::size_t at = user.rfind('@');
  if (at == std::string_view::npos) return fmt::format("'{}'", user);
  return fmt::format("'{}'@'{}'", user.substr(0, at), user.substr(at + 1));
}

}  // namespace foreset::mysql
