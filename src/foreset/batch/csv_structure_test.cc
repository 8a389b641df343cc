// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_structure.h"

#include <random>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <gtest/gtest.h>

namespace foreset::batch {
namespace {

// What a scan tells: the number of rows, the torn lines with their texts, and what is sound.
struct Told {
  std::uint64_t rows = 0;
  std::vector<std::pair<std::uint64_t, std::string>> torn;
  std::string sound;
};

Told Scan(const std::string& text, CsvDialect dialect = {}) {
  if (dialect.columns.empty()) dialect.columns = {{"a", "BIGINT"}, {"b", "VARCHAR"}};
  Told told;
  arrow::io::BufferReader reader(arrow::Buffer::FromString(text));
  const auto structure = ScanStructure(
      reader, dialect,
      [&](const TornLine& line) -> Status {
        told.torn.emplace_back(line.line, line.text);
        return {};
      },
      [&](std::string_view rows) -> Status {
        told.sound += rows;
        return {};
      });
  EXPECT_TRUE(structure);
  told.rows = structure ? structure->rows : 0;
  return told;
}

TEST(CsvStructureTest, CountsRowsNotLines) {
  const Told told = Scan("a,b\n1,\"two\nlines\"\n\n2,\"say \"\"hi\"\"\"\r\n3,last");
  EXPECT_EQ(told.rows, 3U);
  EXPECT_TRUE(told.torn.empty());
}

TEST(CsvStructureTest, AQuoteThatIsNeverClosedCostsItsLineOnly) {
  const Told told = Scan("a,b\n1,\"open\n2,x\n3,y\n");
  EXPECT_EQ(told.rows, 2U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0], (std::pair<std::uint64_t, std::string>(2, "1,\"open")));
  EXPECT_EQ(told.sound, "a,b\n2,x\n3,y\n");
}

TEST(CsvStructureTest, AQuoteThatTheNextOneBeliesCostsItsLineOnly) {
  const Told told = Scan("a,b\n1,\"open\n2,\"good \"\"x\"\"\"\n3,y\n");
  EXPECT_EQ(told.rows, 2U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].first, 2U);
}

TEST(CsvStructureTest, TheLastLineMayBeTorn) {
  const Told told = Scan("a,b\n1,x\n2,\"tor");
  EXPECT_EQ(told.rows, 1U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0], (std::pair<std::uint64_t, std::string>(3, "2,\"tor")));
}

TEST(CsvStructureTest, ALineWithoutEndIsPassedOver) {
  const Told told = Scan("a,b\n1," + std::string(5'000'000, 'x') + "\n2,y\n");
  EXPECT_EQ(told.rows, 1U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].second.size(), kKeptOfTornRow);
  EXPECT_EQ(told.sound, "a,b\n2,y\n");
}

TEST(CsvStructureTest, LinesAreCountedAcrossWindows) {
  std::string text = "a,b\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + ",\"a\nb\"\n";
  text += "x,\"open\n";
  const Told told = Scan(text);
  EXPECT_EQ(told.rows, 200'000U);
  ASSERT_EQ(told.torn.size(), 1U);
  EXPECT_EQ(told.torn[0].first, 400'002U);
}

TEST(CsvStructureTest, WhatIsSoundStaysSound) {
  std::mt19937 random(7);
  constexpr std::string_view kLetters = "aab,,\"\"\n\r\\";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (unsigned length = random() % 40; length > 0; --length) {
      text += kLetters[random() % kLetters.size()];
    }
    CsvDialect dialect;
    if (i % 3 == 0) dialect.escape = '\\';
    const Told first = Scan(text, dialect);
    const Told second = Scan(first.sound, dialect);
    ASSERT_EQ(second.sound, first.sound) << text;
    ASSERT_EQ(second.rows, first.rows) << text;
    ASSERT_TRUE(second.torn.empty()) << text;
  }
}

TEST(CsvStructureTest, ABlankLineIsARowOfOneColumn) {
  CsvDialect dialect;
  dialect.columns = {{"a", "BIGINT"}};
  EXPECT_EQ(Scan("a\n1\n\n3\n", dialect).rows, 3U);
}

}  // namespace
}  // namespace foreset::batch
