// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/followed_forms.h"

#include <gtest/gtest.h>

#include "foreset/capture/mysql/column_definition_parser.h"
#include "foreset/capture/mysql/schema_edit.h"
#include "foreset/capture/mysql/table_definition_proof.h"

namespace foreset::mysql {
namespace {

ColumnDefinition Definition(std::string_view text, bool is_mariadb = false) {
  const SqlDialect dialect{.is_mariadb = is_mariadb};
  const auto tokens = TokenizeSql("x " + std::string(text), dialect);
  SqlCursor cursor(tokens);
  auto read = ReadColumnDefinition(cursor, dialect);
  EXPECT_TRUE(read && cursor.AtEnd()) << text;
  return read ? read->column : ColumnDefinition();
}

ColumnSchema Column(std::string_view text) {
  const ColumnDefinition definition = Definition(text);
  ColumnSchema column;
  column.name = "x";
  AssignType(definition.type, column);
  column.nullable = definition.nullable.value_or(true);
  return column;
}

// "yes"; "strict" where only strict mode makes it certain; "no".
std::string Follows(std::string_view from, std::string_view to, bool is_mariadb = false) {
  FormContext form{.is_mariadb = is_mariadb, .zone_is_steady = true};
  if (!RetypeProblem(Column(from), Column(to), form)) return "yes";
  form.strict = true;
  return RetypeProblem(Column(from), Column(to), form) ? "no" : "strict";
}

TEST(RetypeProblem, IntegersInRangeStay) {
  EXPECT_EQ(Follows("INT", "BIGINT"), "yes");
  EXPECT_EQ(Follows("INT UNSIGNED", "BIGINT"), "yes");
  EXPECT_EQ(Follows("BIGINT", "INT"), "strict");
  EXPECT_EQ(Follows("INT", "INT UNSIGNED"), "strict");
  EXPECT_EQ(Follows("INT", "VARCHAR(20)"), "no");
  EXPECT_EQ(Follows("INT", "INT NOT NULL"), "strict");
}

TEST(RetypeProblem, NumbersKeepEveryDigit) {
  EXPECT_EQ(Follows("DECIMAL(10,2)", "DECIMAL(12,4)"), "yes");
  EXPECT_EQ(Follows("DECIMAL(10,2)", "DECIMAL(12,2) UNSIGNED"), "strict");
  EXPECT_EQ(Follows("DECIMAL(10,2)", "DECIMAL(9,2)"), "strict");
  EXPECT_EQ(Follows("DECIMAL(10,2)", "DECIMAL(10,1)"), "no");
  EXPECT_EQ(Follows("FLOAT", "DOUBLE"), "yes");
  EXPECT_EQ(Follows("FLOAT(7,3)", "DOUBLE"), "yes");
  EXPECT_EQ(Follows("FLOAT", "DOUBLE(10,2)"), "no");
  EXPECT_EQ(Follows("DOUBLE", "DOUBLE(10,2)"), "no");
  EXPECT_EQ(Follows("DOUBLE(10,2)", "DOUBLE(10,2) NOT NULL"), "strict");
  EXPECT_EQ(Follows("FLOAT", "DOUBLE UNSIGNED"), "no");
}

TEST(RetypeProblem, TextsStayAsTheyAre) {
  EXPECT_EQ(Follows("VARCHAR(10) CHARACTER SET latin1", "VARCHAR(10) CHARACTER SET utf8mb4"),
            "yes");
  EXPECT_EQ(Follows("VARCHAR(10) CHARACTER SET utf8mb4", "VARCHAR(20) CHARACTER SET latin1"),
            "strict");
  EXPECT_EQ(Follows("VARCHAR(10)", "CHAR(10)"), "no");
  EXPECT_EQ(Follows("CHAR(10)", "VARCHAR(10) CHARACTER SET utf8mb4"), "yes");
  EXPECT_EQ(Follows("TEXT", "VARCHAR(500) CHARACTER SET utf8mb4"), "no");
  EXPECT_EQ(Follows("TINYTEXT", "VARCHAR(255) CHARACTER SET utf8mb4"), "yes");
  EXPECT_EQ(Follows("TEXT", "TINYTEXT CHARACTER SET utf8mb4"), "no");
  EXPECT_EQ(Follows("TINYTEXT", "TEXT(50) CHARACTER SET utf8mb4"), "no");
  EXPECT_EQ(Follows("BLOB", "TINYBLOB"), "strict");
  EXPECT_EQ(Follows("VARCHAR(9)", "VARBINARY(9)"), "no");
  const FormContext pads{.strict = true, .pads_char = true};
  EXPECT_TRUE(RetypeProblem(Column("CHAR(5)"), Column("VARCHAR(9)"), pads));
  EXPECT_FALSE(RetypeProblem(Column("CHAR(5)"), Column("CHAR(9)"), pads));
}

TEST(RetypeProblem, LabelsAreOnlyAdded) {
  EXPECT_EQ(
      Follows("ENUM('a','b') CHARACTER SET latin1", "ENUM('a','b','c') CHARACTER SET utf8mb4"),
      "yes");
  EXPECT_EQ(Follows("ENUM('a','b')", "ENUM('b','a') CHARACTER SET utf8mb4"), "no");
  EXPECT_EQ(Follows("SET('a','b')", "SET('b','a') CHARACTER SET utf8mb4"), "no");
  EXPECT_EQ(Follows("ENUM('a','b')", "ENUM('A','b') CHARACTER SET utf8mb4"), "no");
}

TEST(RetypeProblem, TimesGetDigits) {
  EXPECT_EQ(Follows("DATETIME", "DATETIME(3)"), "yes");
  EXPECT_EQ(Follows("DATETIME(3)", "DATETIME"), "no");
  EXPECT_EQ(Follows("TIMESTAMP NULL", "TIMESTAMP NOT NULL"), "strict");
  EXPECT_EQ(Follows("TIMESTAMP NULL", "TIMESTAMP NOT NULL", /*is_mariadb=*/true), "no");
  const FormContext summer{.strict = true, .zone_is_steady = false};
  EXPECT_TRUE(RetypeProblem(Column("TIMESTAMP"), Column("TIMESTAMP(3)"), summer));
  EXPECT_FALSE(RetypeProblem(Column("DATETIME"), Column("DATETIME(3)"), summer));
}

std::string Literal(std::string_view definition) {
  FormContext form;
  form.times_are_utc = true;
  return LiteralValue(Definition(definition, /*is_mariadb=*/true), form).value_or("?");
}

TEST(LiteralValue, KnowsWhatTheServerMakesOfPlainLiterals) {
  EXPECT_EQ(Literal("INT DEFAULT '-5'"), "-5");
  EXPECT_EQ(Literal("DECIMAL(65,30) DEFAULT 1.5"), "1." + std::string("5").append(29, '0'));
  EXPECT_EQ(Literal("DECIMAL(5,2) DEFAULT '007'"), "7.00");
  EXPECT_EQ(Literal("VARCHAR(5) DEFAULT ('a b')"), "a b");
  EXPECT_EQ(Literal("VARCHAR(5) DEFAULT 12"), "12");
  EXPECT_EQ(Literal("BIT(8) DEFAULT 48"), "b'00110000'");
  EXPECT_EQ(Literal("BINARY(3) DEFAULT x'4D'"), std::string("M\0\0", 3));
  EXPECT_EQ(Literal("DATETIME(3) DEFAULT '2026-01-02 03:04:05.6'"), "2026-01-02 03:04:05.600");
  EXPECT_EQ(Literal("TIMESTAMP NULL DEFAULT '2026-01-02 03:04:05'"), "2026-01-02 03:04:05");
  EXPECT_EQ(Literal("SET('a','b','c') DEFAULT 'a,c'"), "a,c");
  EXPECT_EQ(Literal("YEAR DEFAULT 2026"), "2026");
  EXPECT_EQ(Literal("TIME(1) DEFAULT '-01:00:00'"), "-01:00:00.0");
}

TEST(LiteralValue, LeavesTheRestToTheServer) {
  for (const char* definition : {"INT DEFAULT 1.5",
                                 "INT DEFAULT 1e2",
                                 "INT DEFAULT ' 7 '",
                                 "INT DEFAULT 0x10",
                                 "TINYINT DEFAULT 128",
                                 "TINYINT UNSIGNED DEFAULT -1",
                                 "DECIMAL(5,1) DEFAULT 1.25",
                                 "DECIMAL(5,1) DEFAULT 12345",
                                 "DOUBLE(10,2) DEFAULT 1.239",
                                 "FLOAT DEFAULT 1e10",
                                 "YEAR DEFAULT '26'",
                                 "YEAR DEFAULT 7",
                                 "YEAR DEFAULT '0'",
                                 "CHAR(10) DEFAULT 'abc  '",
                                 "VARCHAR(2) DEFAULT 'abc'",
                                 "VARCHAR(9) DEFAULT 'é'",
                                 "VARCHAR(9) DEFAULT _latin1 X'E9'",
                                 "VARCHAR(9) DEFAULT 0x41",
                                 "VARCHAR(9) DEFAULT 1.50",
                                 "VARBINARY(9) DEFAULT 'é'",
                                 "ENUM('a','b') DEFAULT 'B'",
                                 "ENUM('a','b') DEFAULT 'b '",
                                 "ENUM('a','b') DEFAULT 1",
                                 "SET('a','b','c') DEFAULT 'c,a'",
                                 "SET('a','b') DEFAULT 'a,a,b'",
                                 "SET('a') DEFAULT 'a,'",
                                 "BIT(8) DEFAULT 0x0F",
                                 "BIT(8) DEFAULT 'a'",
                                 "BIT(2) DEFAULT b'100'",
                                 "DATE DEFAULT '20260131'",
                                 "DATE DEFAULT '2026-1-2'",
                                 "DATE DEFAULT 20260131",
                                 "DATE DEFAULT '0000-00-00'",
                                 "DATETIME DEFAULT '2026-01-02 03:04:05.6'",
                                 "DATETIME DEFAULT '2026-01-02'",
                                 "TIME DEFAULT '10:11'",
                                 "TIME DEFAULT '10:11:12.7'",
                                 "TIMESTAMP NULL DEFAULT '2039-01-02 03:04:05'",
                                 "UUID DEFAULT 'ABCDEF00-0000-0000-0000-000000000000'",
                                 "INET6 DEFAULT '::FF'",
                                 "TEXT DEFAULT '\x01'"}) {
    EXPECT_EQ(Literal(definition), "?") << definition;
  }
  FormContext elsewhere;
  EXPECT_FALSE(LiteralValue(Definition("TIMESTAMP NULL DEFAULT '2026-01-02 03:04:05'"), elsewhere));
}

TEST(MayName, FindsATableInWhatTheServerPrints) {
  EXPECT_TRUE(MayName("use `d`; ALTER TABLE `T` ADD x INT", "t"));
  EXPECT_TRUE(MayName("use `d`; RENAME TABLE a TO d.t", "t"));
  EXPECT_TRUE(MayName("ALTER TABLE \"t\" ADD x INT", "t"));
  EXPECT_TRUE(MayName("ALTER TABLE x ADD y INT COMMENT '\\', ADD z INT; DROP TABLE t", "t"));
  EXPECT_FALSE(MayName("use `d`; ALTER TABLE tt ADD x INT DEFAULT 5", "t"));
  EXPECT_FALSE(MayName("BEGIN", "ä"));
  EXPECT_TRUE(MayName("ALTER TABLE x ADD y INT", "ä"));
}

}  // namespace
}  // namespace foreset::mysql
