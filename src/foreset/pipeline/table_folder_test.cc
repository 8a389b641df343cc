// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_folder.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::pipeline {
namespace {

std::optional<ErrorCode> Refusal(const std::string& layout, const TableId& table,
                                 const std::set<TableId>& others = {}) {
  const Status checked = CheckTableFolder(layout, table, others);
  return checked ? std::nullopt : std::optional(checked.error().code);
}

TEST(TableFolderTest, WhatTheLakeNeedsItselfIsRefused) {
  for (const char* name : {"_epochs", "_schema_changes", "_quarantine", "_old", "_requests",
                           "_proofs", "_stopped", "_delta_log", "_manifest"}) {
    EXPECT_EQ(Refusal("{table}", {"d", name}), lake_error::kTableFolderReserved) << name;
    EXPECT_FALSE(Refusal("{database}/{table}", {"d", name})) << name;
  }
  EXPECT_EQ(Refusal("{database}/{table}", {"_old", "t"}), lake_error::kTableFolderReserved);
}

TEST(TableFolderTest, ANameIsOnePartOfThePath) {
  for (const char* name : {"..", ".", "../up", "a/../b", "/a", "a/", "a//b", "_epochs/x", "a/b",
                           "...", ".x", "_x", "_epochs2", " ", "a b", "ünï", "%2e%2e"}) {
    EXPECT_FALSE(Refusal("{table}", {"d", name})) << name;
    EXPECT_EQ(lake::TableFolder("{table}", {"d", name}).find('/'), std::string::npos) << name;
    EXPECT_EQ(lake::TableFolder("{database}/{table}", {name, "t"}).find('/'),
              lake::TableFolder("{table}", {"d", name}).size());
  }
  EXPECT_EQ(lake::TableFolder("{table}", {"d", ".."}), ".%2E");
  EXPECT_EQ(lake::TableFolder("{database}/{table}", {"..", "a/b"}), ".%2E/a%2Fb");
  EXPECT_EQ(lake::TableFolder("{database}/{table}", {"{table}", "{database}"}),
            "{table}/{database}");
}

TEST(TableFolderTest, TwoTablesNeverShareAFolder) {
  EXPECT_EQ(Refusal("{table}", {"d2", "t"}, {{"d1", "t"}}), lake_error::kTableFolderShared);
  EXPECT_FALSE(Refusal("{database}/{table}", {"d2", "t"}, {{"d1", "t"}}));
  EXPECT_FALSE(Refusal("{table}", {"d", "t"}, {{"d", "t"}, {"d", "T"}, {"d", "tt"}}));
  EXPECT_FALSE(Refusal("{table}", {"d", "a/b"}, {{"d", "a"}, {"d", "a%2Fb"}}));
  EXPECT_EQ(Refusal("{database}_{table}", {"a_b", "c"}, {{"a", "b_c"}}),
            lake_error::kTableFolderShared);
}

TEST(TableFolderTest, EveryTableInTheWayIsNamed) {
  const auto troubles =
      FolderTroubles("{table}", {{"d1", "t"}, {"d1", "_old"}, {"d2", "t"}, {"d2", "u"}});
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_EQ(troubles[0].code, lake_error::kTableFolderReserved);
  EXPECT_EQ(troubles[1].code, lake_error::kTableFolderShared);
  EXPECT_EQ(troubles[1].message, "d2.t would have the folder \"t\", d1.t has \"t\"");
  EXPECT_TRUE(FolderTroubles("{database}/{table}", {{"d1", "t"}, {"d2", "t"}}).empty());
}

}  // namespace
}  // namespace foreset::pipeline
