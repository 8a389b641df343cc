// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_follower.h"

#include <gtest/gtest.h>

#include "foreset/capture/mysql/ddl_parser.h"

namespace foreset::mysql {
namespace {

// A server whose `described` tables are there now.
class DdlFollowerTest : public ::testing::Test {
 protected:
  DdlFollowerTest() {
    DdlFollower::Server server;
    server.describe = [this](const TableId& id) -> Result<std::optional<TableSchema>> {
      if (!described_ || described_->id != id) return std::optional<TableSchema>();
      return described_;
    };
    follower_.emplace(TableFilter({"shop.*"}, {"shop.tmp*"}), std::move(server));
    registry_.Put(std::make_shared<const TableSchema>(BuildSchema(
        std::get<CreateTable>(ParseDdl("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "shop", {})),
        {})));
  }

  std::vector<DdlEffect> Apply(std::string text, std::uint64_t sql_mode = 1UL << 21U) {
    DdlStatement statement;
    statement.text = std::move(text);
    statement.default_database = "shop";
    statement.sql_mode = sql_mode;
    auto effects = follower_->Apply(statement, registry_);
    EXPECT_TRUE(effects);
    return *std::move(effects);
  }

  SchemaChange Change(std::string text) {
    const std::vector<DdlEffect> effects = Apply(std::move(text));
    EXPECT_EQ(effects.size(), 1U);
    return effects.empty() ? SchemaChange{} : std::get<SchemaChange>(effects[0]);
  }

  std::optional<TableSchema> described_;
  SchemaRegistry registry_;
  std::optional<DdlFollower> follower_;
};

TEST_F(DdlFollowerTest, FollowsColumnsOfCapturedTablesOnly) {
  const SchemaChange change = Change("ALTER TABLE t ADD b INT");
  EXPECT_EQ(change.kind, SchemaChangeKind::kAlter);
  EXPECT_FALSE(change.cannot_follow);
  EXPECT_EQ(change.after->columns.size(), 3U);
  EXPECT_TRUE(Apply("ALTER TABLE other.t ADD b INT").empty());
  EXPECT_TRUE(Apply("CREATE TABLE tmp1 (a INT)").empty());
  EXPECT_TRUE(Apply("ALTER TABLE t ENGINE = InnoDB").empty());
}

TEST_F(DdlFollowerTest, CreatesDropsAndTruncates) {
  EXPECT_EQ(Change("CREATE TABLE n (a INT)").kind, SchemaChangeKind::kCreate);
  EXPECT_TRUE(Apply("CREATE TABLE IF NOT EXISTS t (x INT)").empty());
  EXPECT_EQ(Change("CREATE TABLE n LIKE t").after->id, (TableId{"shop", "n"}));
  EXPECT_EQ(Change("DROP TABLE t, unknown").kind, SchemaChangeKind::kDrop);
  EXPECT_EQ(Change("DROP DATABASE shop").kind, SchemaChangeKind::kDrop);
  EXPECT_EQ(std::get<TableTruncated>(Apply("TRUNCATE t").at(0)).table, (TableId{"shop", "t"}));
  EXPECT_EQ(Apply("CREATE OR REPLACE TABLE t (x INT)").size(), 2U);
}

TEST_F(DdlFollowerTest, AsksTheServerWhereTheTextDoesNotTell) {
  EXPECT_TRUE(Apply("CREATE TABLE n LIKE other.x").empty());
  described_ = *registry_.Find({"shop", "t"});
  described_->id.table = "n";
  EXPECT_EQ(Change("CREATE TABLE n LIKE other.x").after->columns.size(), 2U);
}

TEST_F(DdlFollowerTest, ARenameAwayEndsTheTable) {
  for (const char* text :
       {"RENAME TABLE t TO other.t", "ALTER TABLE t RENAME TO tmp2", "RENAME TABLE t TO view_1",
        "ALTER TABLE t ADD b INT, RENAME AS other.t", "RENAME TABLE t TO tmp1, tmp1 TO tmp2"}) {
    const SchemaChange change = Change(text);
    EXPECT_EQ(change.kind, SchemaChangeKind::kDrop) << text;
    EXPECT_FALSE(change.cannot_follow) << text;
  }
  EXPECT_TRUE(Apply("ALTER TABLE t RENAME TO t").empty());
}

TEST_F(DdlFollowerTest, ANameThatAnotherTableTakesIsReplaced) {
  described_ = *registry_.Find({"shop", "t"});
  for (const char* text :
       {"RENAME TABLE t TO tmp_old, tmp_new TO t", "RENAME TABLE t TO tmp1, other.x TO t",
        "RENAME TABLE t TO tmp1, tmp_new TO t, tmp1 TO tmp_new"}) {
    const SchemaChange change = Change(text);
    EXPECT_EQ(change.kind, SchemaChangeKind::kReplace) << text;
    EXPECT_EQ(change.after, nullptr) << text;
    EXPECT_FALSE(change.cannot_follow) << text;
  }
  described_->id.table = "n";
  EXPECT_EQ(Change("ALTER TABLE tmp_new RENAME TO shop.n").kind, SchemaChangeKind::kReplace);
  EXPECT_EQ(Change("RENAME TABLE other.x TO n").table, (TableId{"shop", "n"}));
  EXPECT_EQ(Apply("RENAME TABLE t TO n").size(), 2U);
}

// Views and sequences have names, too.
TEST_F(DdlFollowerTest, ANameWithoutATableIsOfNoConcern) {
  EXPECT_TRUE(Apply("RENAME TABLE v1 TO v2").empty());
  EXPECT_TRUE(Apply("ALTER TABLE s1 RENAME TO s2").empty());
  EXPECT_TRUE(Apply("CREATE TABLE s (next_not_cached_value INT) SEQUENCE=1").empty());
  EXPECT_TRUE(Apply("CREATE TABLE n (x HYPERCUBE)").empty());
}

TEST_F(DdlFollowerTest, WhatIsNotUnderstoodStopsTheTable) {
  EXPECT_TRUE(Change("ALTER TABLE t ADD x HYPERCUBE").cannot_follow);
  described_ = *registry_.Find({"shop", "t"});
  EXPECT_EQ(Change("CREATE OR REPLACE TABLE t (x HYPERCUBE)").kind, SchemaChangeKind::kReplace);
  described_->id.table = "n";
  EXPECT_EQ(Change("CREATE TABLE n (x HYPERCUBE)").kind, SchemaChangeKind::kReplace);
  EXPECT_TRUE(Change("ALTER TABLE t ADD _seq INT").cannot_follow);
  EXPECT_TRUE(Apply("ALTER TABLE other.x ADD x HYPERCUBE").empty());
}

}  // namespace
}  // namespace foreset::mysql
