// SPDX-License-Identifier: MIT
#include "foreset/sql/statement_text.h"

#include <gtest/gtest.h>

namespace foreset::sql {
namespace {

TEST(SplitStatementsTest, SplitsAtSemicolonsOutsideQuotesDollarsAndComments) {
  const StatementTexts split = SplitStatements(
      "SELECT ';', \"a;b\" -- no; comment\n; SELECT $x$ ; $x$ /* ; /* ; */ */; ;; SELECT E'\\';' ");
  EXPECT_EQ(split.statements, (std::vector<std::string>{"SELECT ';', \"a;b\" -- no; comment",
                                                        "SELECT $x$ ; $x$ /* ; /* ; */ */"}));
  EXPECT_EQ(split.rest, "SELECT E'\\';'");
}

TEST(SplitStatementsTest, WhatIsOpenAtTheEndStaysTheRest) {
  EXPECT_EQ(SplitStatements("SELECT 'open; ").rest, "SELECT 'open;");
  EXPECT_EQ(SplitStatements("SELECT 1; -- done").rest, "");
}

TEST(QuoteVersionsTest, WritesTablesAtVersionsAsNames) {
  EXPECT_EQ(QuoteVersions(
                "FROM silver.Orders@v3 o JOIN \"Order \"\"Items\"@'2026-01-31 10:00' USING (x)"),
            "FROM silver.\"Orders@v3\" o JOIN \"Order \"\"Items@2026-01-31 10:00\" USING (x)");
}

TEST(QuoteVersionsTest, UnderstandsHowOthersWriteVersions) {
  EXPECT_EQ(QuoteVersions("FROM T VERSION AS OF 3 a, T for version as of '4'"),
            "FROM \"T@v3\" a, \"T@v4\"");
  EXPECT_EQ(QuoteVersions("FROM T TIMESTAMP AS OF '2026-01-31'"), "FROM \"T@2026-01-31\"");
  EXPECT_EQ(QuoteVersions("FROM T TIMESTAMP AS OF TIMESTAMP '2026-01-31'"),
            "FROM \"T@2026-01-31\"");
  EXPECT_EQ(QuoteVersions("FROM T AT (VERSION => 3), s.\"U V\" at (timestamp=>'2026-01-31')"),
            "FROM \"T@v3\", s.\"U V@2026-01-31\"");
}

TEST(QuoteVersionsTest, LeavesOtherSignsAlone) {
  for (const char* text : {"SELECT @x, a @> b, 'T@v3' -- T@v3", "SELECT @ 5", "T@version", "T @v",
                           "SELECT x AS version", "SELECT timestamp AS of FROM T",
                           "SELECT version AS of, 3", "a AT TIME ZONE 'UTC'"}) {
    EXPECT_EQ(QuoteVersions(text), text);
  }
}

TEST(ParseVersionedNameTest, TakesApartWhatWasPutTogether) {
  EXPECT_EQ(ParseVersionedName("Orders@v3").version, "3");
  EXPECT_EQ(ParseVersionedName("Orders@2026-01-31").at, "2026-01-31");
  EXPECT_EQ(ParseVersionedName("Orders").table, "Orders");
}

}  // namespace
}  // namespace foreset::sql
