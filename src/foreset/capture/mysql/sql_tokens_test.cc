// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/sql_tokens.h"

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

std::string Join(std::string_view sql, const SqlDialect& dialect = {}) {
  std::string text;
  for (const SqlToken& token : TokenizeSql(sql, dialect)) {
    if (!text.empty()) text += ' ';
    if (token.kind == TokenKind::kQuotedName) text += '`';
    if (token.kind == TokenKind::kString) text += '\'';
    text += token.text;
  }
  return text;
}

TEST(TokenizeSql, TellsNamesStringsAndNumbersApart) {
  EXPECT_EQ(Join("SELECT `a``b`, 'it''s', \"x\", 1.5e3, .5, t.1a, 2024_x"),
            "SELECT `a`b , 'it's , 'x , 1.5e3 , .5 , t . 1a , 2024_x ");
  EXPECT_EQ(Join("\"a\"", {.ansi_quotes = true}), "`a ");
}

TEST(TokenizeSql, DecodesEscapesUnlessTheModeForbids) {
  EXPECT_EQ(TokenizeSql("'a\\n\\'b'", {})[0].text, "a\n'b");
  EXPECT_EQ(TokenizeSql("'a\\'", {.no_backslash_escapes = true})[0].text, "a\\");
  EXPECT_EQ(TokenizeSql("'\\%\\_\\0\\x'", {})[0].text, std::string("\\%\\_\0x", 6));
  EXPECT_EQ(TokenizeSql("x'4d59'", {})[0].text, "MY");
  EXPECT_EQ(TokenizeSql("0x4D", {})[0].text, "M");
  EXPECT_EQ(TokenizeSql("b'101'", {})[0].text, "101");
}

TEST(TokenizeSql, CommentsFallAwayAndVersionCommentsStay) {
  EXPECT_EQ(Join("a -- x\nb # y\nc /* z */ d"), "a b c d ");
  EXPECT_EQ(Join("a /*!40101 b */ c"), "a b c ");
  EXPECT_EQ(Join("a /*M!100100 b */ c", {.is_mariadb = true}), "a b c ");
  EXPECT_EQ(Join("a /*M!100100 b */ c"), "a c ");
  EXPECT_EQ(Join("a--1"), "a - - 1 ");
}

TEST(TokenizeSql, EndsWithAnUnterminatedString) {
  EXPECT_EQ(TokenizeSql("'abc", {})[0].text, "abc");
  EXPECT_EQ(TokenizeSql("/* abc", {}).size(), 1U);
  EXPECT_EQ(TokenizeSql("x'4", {})[0].kind, TokenKind::kHex);
}

}  // namespace
}  // namespace foreset::mysql
