// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_rows.h"

#include <random>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

namespace foreset::batch {
namespace {

using Row = std::vector<std::string>;

// What a file's text shows: rows with their lines, and the torn lines.
struct Told {
  std::vector<Row> rows;
  std::vector<std::uint64_t> lines;
  std::vector<std::string> texts;
  std::vector<std::string> faults;
  std::vector<std::pair<std::uint64_t, std::string>> torn;
};

Told Read(const std::string& text, CsvDialect dialect = {}) {
  if (dialect.columns.empty()) dialect.columns = {{"a", "BIGINT"}, {"b", "VARCHAR"}};
  Told told;
  CsvRows rows(std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(text)), dialect,
               [&](const TornLine& line) -> Status {
                 told.torn.emplace_back(line.line, line.text);
                 return {};
               });
  while (true) {
    const auto more = rows.Next();
    EXPECT_TRUE(more);
    if (!more || !*more) return told;
    if (rows.fault() != nullptr) {
      told.faults.emplace_back(rows.text());
      continue;
    }
    Row row;
    for (const CsvField& field : rows.fields()) {
      row.push_back(field.quoted ? "'" + std::string(field.text) + "'" : std::string(field.text));
    }
    told.rows.push_back(std::move(row));
    told.lines.push_back(rows.line());
    told.texts.emplace_back(rows.text());
  }
}

TEST(CsvRowsTest, FieldsAreTakenApart) {
  const Told told =
      Read("a,b\n1,\"two\nlines\"\n\n2,\"say \"\"hi\"\"\"\r\n3,\n,\"\"\n4,a\"b\n5,last");
  EXPECT_EQ(told.rows, (std::vector<Row>{{"a", "b"},
                                         {"1", "'two\nlines'"},
                                         {"2", "'say \"hi\"'"},
                                         {"3", ""},
                                         {"", "''"},
                                         {"4", "a\"b"},
                                         {"5", "last"}}));
  EXPECT_EQ(told.lines, (std::vector<std::uint64_t>{1, 2, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(told.torn.empty());
}

TEST(CsvRowsTest, LineEndsMayBeMixed) {
  const Told told = Read("a,b\r\n1,\"x\r\ny\"\n2,\r3,z\r\n4,\r\n");
  EXPECT_EQ(told.rows,
            (std::vector<Row>{{"a", "b"}, {"1", "'x\r\ny'"}, {"2", ""}, {"3", "z"}, {"4", ""}}));
  EXPECT_EQ(told.lines, (std::vector<std::uint64_t>{1, 2, 4, 5, 6}));
}

TEST(CsvRowsTest, AQuoteThatIsNeverClosedCostsItsLineOnly) {
  const Told told = Read("a,b\n1,\"open\n2,x\n3,y\n");
  EXPECT_EQ(told.rows, (std::vector<Row>{{"a", "b"}, {"2", "x"}, {"3", "y"}}));
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0], (std::pair<std::uint64_t, std::string>(2, "1,\"open")));
}

TEST(CsvRowsTest, AQuoteThatTheNextOneBeliesCostsItsLineOnly) {
  const Told told = Read("a,b\n1,\"open\n2,\"good \"\"x\"\"\"\n3,y\n");
  EXPECT_EQ(told.rows.size(), 3U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].first, 2U);
}

TEST(CsvRowsTest, TheLastLineMayBeTorn) {
  const Told told = Read("a,b\n1,x\n2,\"tor");
  EXPECT_EQ(told.rows.size(), 2U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0], (std::pair<std::uint64_t, std::string>(3, "2,\"tor")));
}

TEST(CsvRowsTest, ALineWithoutEndIsPassedOver) {
  const Told told = Read("a,b\n1," + std::string(40'000'000, 'x') + "\n2,y\n");
  EXPECT_EQ(told.rows, (std::vector<Row>{{"a", "b"}, {"2", "y"}}));
  EXPECT_EQ(told.lines[1], 3U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].second.size(), kKeptOfTornRow);
}

TEST(CsvRowsTest, WhatStandsBehindAQuoteIsAFault) {
  EXPECT_EQ(Read("1,\"a\" x\n2,b\n").faults, (std::vector<std::string>{"1,\"a\" x"}));
  CsvDialect dialect;
  dialect.escape = '\\';
  const Told told = Read("1,\"a \\\"x\\\\\"\n2,\"C:\\dir\"\n3,C:\\dir\n", dialect);
  EXPECT_EQ(told.rows, (std::vector<Row>{{"1", "'a \"x\\'"}, {"3", "C:\\dir"}}));
  EXPECT_EQ(told.faults, (std::vector<std::string>{"2,\"C:\\dir\""}));
}

TEST(CsvRowsTest, FieldsBeyondTheColumnsAreCountedAndNotKept) {
  CsvDialect dialect;
  dialect.columns = {{"a", "VARCHAR"}, {"b", "VARCHAR"}};
  CsvRows rows(std::make_shared<arrow::io::BufferReader>(
                   arrow::Buffer::FromString(std::string(1'000'000, ',') + "\n")),
               dialect, {});
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.columns(), 1'000'001U);
  EXPECT_EQ(rows.fields().size(), 3U);
}

TEST(CsvRowsTest, CommentsAndLinesToSkipAreNoRows) {
  CsvDialect dialect;
  dialect.comment = '#';
  dialect.skip = 1;
  const Told told = Read("\"title\n# one\n1,#x\n# two\n\n2,y\n#", dialect);
  EXPECT_EQ(told.rows, (std::vector<Row>{{"1", "#x"}, {"2", "y"}}));
  EXPECT_EQ(told.lines, (std::vector<std::uint64_t>{3, 6}));
}

TEST(CsvRowsTest, LinesAreCountedAcrossWindows) {
  std::string text = "a,b\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + ",\"a\nb\"\n";
  text += "x,\"open\n";
  const Told told = Read(text);
  EXPECT_EQ(told.rows.size(), 200'001U);
  EXPECT_EQ(told.lines.back(), 400'000U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].first, 400'002U);
}

TEST(CsvRowsTest, EveryByteIsPartOfARowOrToldAsTorn) {
  std::mt19937 random(7);
  constexpr std::string_view kLetters = "aab,,\"\"\n\r\\";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (unsigned length = random() % 40; length > 0; --length) {
      text += kLetters[random() % kLetters.size()];
    }
    CsvDialect dialect;
    if (i % 3 == 0) dialect.escape = '\\';
    const Told told = Read(text, dialect);
    const auto letters = [](std::string_view from) {
      return std::count_if(from.begin(), from.end(), [](char c) { return c != '\n' && c != '\r'; });
    };
    std::ptrdiff_t seen = 0;
    for (const std::string& row : told.texts) seen += letters(row);
    for (const std::string& row : told.faults) seen += letters(row);
    for (const auto& [line, row] : told.torn) seen += letters(row);
    ASSERT_EQ(seen, letters(text)) << text;
  }
}

TEST(CsvRowsTest, ABlankLineIsARowOfOneColumn) {
  CsvDialect dialect;
  dialect.columns = {{"a", "BIGINT"}};
  EXPECT_EQ(Read("a\n1\n\n3\n", dialect).rows.size(), 4U);
}

}  // namespace
}  // namespace foreset::batch
