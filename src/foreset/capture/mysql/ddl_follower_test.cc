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

TEST_F(DdlFollowerTest, RenamesAndSwapsStopTheTable) {
  EXPECT_TRUE(Change("RENAME TABLE t TO other.t").cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE t RENAME TO tmp2").cannot_follow);
  const std::vector<DdlEffect> swap = Apply("RENAME TABLE t TO tmp_old, tmp_new TO t");
  ASSERT_EQ(swap.size(), 2U);
  EXPECT_TRUE(std::get<SchemaChange>(swap[0]).cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE tmp_new RENAME TO shop.n").cannot_follow);
}

TEST_F(DdlFollowerTest, WhatIsNotUnderstoodStopsTheTable) {
  EXPECT_TRUE(Change("ALTER TABLE t ADD x HYPERCUBE").cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE t ADD _seq INT").cannot_follow);
  EXPECT_TRUE(Apply("ALTER TABLE other.x ADD x HYPERCUBE").empty());
}

}  // namespace
}  // namespace foreset::mysql
