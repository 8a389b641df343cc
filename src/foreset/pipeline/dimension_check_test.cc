// SPDX-License-Identifier: MIT
#include "foreset/pipeline/dimension_check.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"

namespace foreset::pipeline {
namespace {

const lake::DimensionTemplate kEvery;

lake::LakeLayout With(std::vector<lake::DimensionTemplate> dimensions) {
  lake::LakeLayout layout;
  layout.dimensions = std::move(dimensions);
  return layout;
}

std::vector<ErrorCode> Codes(const std::vector<Error>& troubles) {
  std::vector<ErrorCode> codes;
  for (const Error& trouble : troubles) codes.push_back(trouble.code);
  return codes;
}

using Expected = std::vector<ErrorCode>;

TEST(DimensionCheckTest, WhatFitsIsNoTrouble) {
  const std::vector<TableId> tables{{"d", "Orders"}, {"d", "Items"}};
  EXPECT_TRUE(DimensionTroubles(With({kEvery}), tables).empty());
  EXPECT_TRUE(
      DimensionTroubles(With({kEvery, {"orders", {"DimOrder", "History", {}}}}), tables).empty());
  EXPECT_TRUE(DimensionTroubles(With({}), tables).empty());
}

TEST(DimensionCheckTest, ATableThatIsNotThereIsTold) {
  EXPECT_EQ(Codes(DimensionTroubles(With({{"Nope", {"A", "B", {}}}}), {{"d", "Orders"}})),
            Expected{ErrorCode::kDimensionColumns});
}

TEST(DimensionCheckTest, NoTwoTablesOfGoldHaveOneName) {
  const Expected shared{lake_error::kTableFolderShared};
  // A table of one name in two databases; another table's own name.
  EXPECT_EQ(Codes(DimensionTroubles(With({{"T", {"A", "A_history", {}}}}), {{"d", "T"}})),
            Expected());
  EXPECT_EQ(
      Codes(DimensionTroubles(With({{"T", {"A", "B", {}}}}), {{"d", "T"}, {"e", "T"}})).size(), 2);
  EXPECT_EQ(Codes(DimensionTroubles(With({kEvery, {"T", {"U_current", "B", {}}}}),
                                    {{"d", "T"}, {"d", "U"}})),
            shared);
}

TEST(DimensionCheckTest, GoldKeepsItsOwnNames) {
  EXPECT_EQ(Codes(DimensionTroubles(With({{"T", {"_old/A", "B", {}}}}), {{"d", "T"}})),
            Expected{lake_error::kTableFolderReserved});
}

TEST(DimensionCheckTest, TheColumnsAreThereWithTheKey) {
  TableSchema table;
  table.id = {"d", "T"};
  table.columns.resize(2);
  table.columns[0].name = "Id";
  table.columns[1].name = "Name";
  table.key = {0};
  const auto codes = [&](std::vector<std::pair<std::string, std::string>> columns) {
    return Codes(DimensionColumnTroubles(With({{"T", {"A", "B", std::move(columns)}}}), {table}));
  };
  EXPECT_EQ(codes({}), Expected());
  EXPECT_EQ(codes({{"Key", "ID"}, {"Called", "Name"}}), Expected());
  EXPECT_EQ(codes({{"Id", "Id"}, {"Nmae", "Nmae"}}), Expected{ErrorCode::kDimensionColumns});
  EXPECT_EQ(codes({{"Name", "Name"}}), Expected{ErrorCode::kDimensionColumns});
  EXPECT_EQ(codes({{"Id", "Id"}, {"_seq", "Name"}}), Expected{ErrorCode::kReservedColumnName});
}

TEST(DimensionCheckTest, EveryTableHasTheNamesThatAreWanted) {
  const auto layout = With({{"", {"now/{table}", "{table}_log", {}}}});
  const auto specs = layout.DimensionsOf({"d", "T"});
  ASSERT_EQ(specs.size(), 1);
  EXPECT_EQ(specs[0].current, "now/T");
  EXPECT_EQ(specs[0].history, "T_log");
}

}  // namespace
}  // namespace foreset::pipeline
