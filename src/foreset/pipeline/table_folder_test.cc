// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_folder.h"

#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"

namespace foreset::pipeline {
namespace {

std::optional<ErrorCode> Refusal(const std::string& layout, const TableId& table,
                                 const std::set<TableId>& others = {}) {
  const Status checked = CheckTableFolder(layout, table, others);
  return checked ? std::nullopt : std::optional(checked.error().code);
}

TEST(TableFolderTest, WhatTheLakeNeedsItselfIsRefused) {
  for (const char* name : {"_epochs", "_schema_changes", "_quarantine", "_old", "_requests",
                           "_proofs", "_stopped", "_delta_log", "_manifest", "_epochs/x"}) {
    EXPECT_EQ(Refusal("{table}", {"d", name}), lake_error::kTableFolderReserved) << name;
    EXPECT_FALSE(Refusal("{database}/{table}", {"d", name})) << name;
  }
  EXPECT_EQ(Refusal("{database}/{table}", {"_old", "t"}), lake_error::kTableFolderReserved);
}

TEST(TableFolderTest, WhatLeavesTheLayerIsRefused) {
  for (const char* name : {"..", ".", "../up", "a/../b", "/a", "a/", "a//b"}) {
    EXPECT_EQ(Refusal("{table}", {"d", name}), lake_error::kTableFolderReserved) << name;
  }
  for (const char* name : {"a/b", "...", ".x", "_x", "_epochs2", " ", "a b", "ünï", "%2e%2e"}) {
    EXPECT_FALSE(Refusal("{table}", {"d", name})) << name;
  }
}

TEST(TableFolderTest, TwoTablesNeverShareAFolder) {
  EXPECT_EQ(Refusal("{table}", {"d2", "t"}, {{"d1", "t"}}), lake_error::kTableFolderShared);
  EXPECT_FALSE(Refusal("{database}/{table}", {"d2", "t"}, {{"d1", "t"}}));
  EXPECT_FALSE(Refusal("{table}", {"d", "t"}, {{"d", "t"}, {"d", "T"}, {"d", "tt"}}));
  EXPECT_EQ(Refusal("{table}", {"d", "a/b"}, {{"d", "a"}}), lake_error::kTableFolderShared);
  EXPECT_EQ(Refusal("{table}", {"d", "a"}, {{"d", "a/b"}}), lake_error::kTableFolderShared);
  EXPECT_EQ(Refusal("{database}_{table}", {"a_b", "c"}, {{"a", "b_c"}}),
            lake_error::kTableFolderShared);
}

}  // namespace
}  // namespace foreset::pipeline
