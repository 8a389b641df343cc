// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/ddl_follower.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/ddl_parser.h"

namespace foreset::mysql {
namespace {

// A server whose `described` tables are there now.
class DdlFollowerTest : public ::testing::Test {
 protected:
  DdlFollowerTest() {
    Begin({});
    registry_.Put(std::make_shared<const TableSchema>(BuildSchema(
        std::get<CreateTable>(ParseDdl("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "shop", {})),
        {})));
  }

  void Begin(DdlFollower::Server server) {
    server.describe_after = [this](const TableId& id, const DdlStatement&,
                                   const auto&) -> Result<std::optional<TableAfter>> {
      ++asked_;
      if (!described_ || described_->schema.id != id) return std::optional<TableAfter>();
      return described_;
    };
    server.describe = [this](const TableId& id) -> Result<std::optional<TableSchema>> {
      return now_ && now_->id == id ? now_ : std::nullopt;
    };
    const bool fold = server.fold_names;
    follower_.emplace(TableFilter({"shop.*"}, {"shop.tmp*"}, fold), std::move(server));
  }

  // A table of that name is there now, whatever it was at the statement.
  void Describe(const std::string& name) {
    now_ = *registry_.Find({"shop", "t"});
    now_->id.table = name;
  }

  std::vector<DdlEffect> Apply(std::string text, std::uint64_t sql_mode = 1UL << 21U) {
    DdlStatement statement;
    statement.text = std::move(text);
    statement.default_database = "shop";
    statement.sql_mode = sql_mode;
    statement.may_do_nothing = may_do_nothing_;
    auto effects = follower_->Apply(statement, registry_);
    EXPECT_TRUE(effects);
    return *std::move(effects);
  }

  SchemaChange Change(std::string text) {
    const std::vector<DdlEffect> effects = Apply(std::move(text));
    EXPECT_EQ(effects.size(), 1U);
    return effects.empty() ? SchemaChange{} : std::get<SchemaChange>(effects[0]);
  }

  bool may_do_nothing_ = false;
  std::optional<TableSchema> now_;
  std::optional<TableAfter> described_;  // after the statement, where that can be proved
  int asked_ = 0;
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
  // What cannot be known is copied anew; what is gone by now needs no copy.
  EXPECT_TRUE(Apply("CREATE TABLE n LIKE other.x").empty());
  Describe("n");
  EXPECT_EQ(Change("CREATE TABLE n LIKE other.x").kind, SchemaChangeKind::kReplace);
  described_ =
      TableAfter{.schema = *registry_.Find({"shop", "t"}), .was_empty = false, .defaults = {}};
  described_->schema.id.table = "n";
  EXPECT_EQ(Change("CREATE TABLE n LIKE other.x").after->columns.size(), 2U);
}

TEST_F(DdlFollowerTest, ATableThatWasPerhapsThereIsCopied) {
  EXPECT_EQ(Change("CREATE TABLE IF NOT EXISTS n (a INT)").kind, SchemaChangeKind::kCreate);
  may_do_nothing_ = true;
  Describe("n");
  EXPECT_EQ(Change("CREATE TABLE IF NOT EXISTS n (a INT)").kind, SchemaChangeKind::kReplace);
  EXPECT_EQ(Change("CREATE TABLE n (a INT)").kind, SchemaChangeKind::kCreate);
  EXPECT_TRUE(Apply("CREATE TABLE IF NOT EXISTS t (a INT)").empty());
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
  Describe("t");
  for (const char* text :
       {"RENAME TABLE t TO tmp_old, tmp_new TO t", "RENAME TABLE t TO tmp1, other.x TO t",
        "RENAME TABLE t TO tmp1, tmp_new TO t, tmp1 TO tmp_new"}) {
    const SchemaChange change = Change(text);
    EXPECT_EQ(change.kind, SchemaChangeKind::kReplace) << text;
    EXPECT_EQ(change.after, nullptr) << text;
    EXPECT_FALSE(change.cannot_follow) << text;
  }
  Describe("n");
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

TEST_F(DdlFollowerTest, TheServersDefaultsAreOnlyAskedForWhereTheTextIsNotCertain) {
  EXPECT_EQ(std::get<ColumnAdded>(Change("ALTER TABLE t ADD b INT DEFAULT 5").columns.at(0))
                .existing_rows_get,
            "5");
  EXPECT_EQ(asked_, 0);
  EXPECT_TRUE(Change("ALTER TABLE t ADD b INT DEFAULT 1.5").cannot_follow);
  described_.emplace();
  described_->schema = *Change("ALTER TABLE t ADD b INT DEFAULT 5").after;
  described_->defaults["b"] = "2";
  EXPECT_EQ(std::get<ColumnAdded>(Change("ALTER TABLE t ADD b INT DEFAULT 1.5").columns.at(0))
                .existing_rows_get,
            "2");
  // The server's table is another than the one that the statement was read to make.
  described_->schema.columns.pop_back();
  EXPECT_TRUE(Change("ALTER TABLE t ADD b INT DEFAULT 1.5").cannot_follow);
}

TEST_F(DdlFollowerTest, TablesThatExchangeRowsBothStop) {
  registry_.Put(std::make_shared<const TableSchema>([&] {
    TableSchema other = *registry_.Find({"shop", "t"});
    other.id.table = "x";
    return other;
  }()));
  const auto exchange =
      Apply("ALTER TABLE t EXCHANGE PARTITION p0 WITH TABLE x WITHOUT VALIDATION");
  ASSERT_EQ(exchange.size(), 2U);
  EXPECT_TRUE(std::get<SchemaChange>(exchange[0]).cannot_follow);
  EXPECT_TRUE(std::get<SchemaChange>(exchange[1]).cannot_follow);
  // Also when the partitioned table is not captured.
  EXPECT_TRUE(Change("ALTER TABLE other.p EXCHANGE PARTITION p0 WITH TABLE shop.x").cannot_follow);
  EXPECT_EQ(Apply("ALTER TABLE t CONVERT TABLE x TO PARTITION p1 VALUES LESS THAN (9)").size(), 2U);
  Describe("n");
  const auto convert = Apply("ALTER TABLE t CONVERT PARTITION p0 TO TABLE n");
  ASSERT_EQ(convert.size(), 2U);
  EXPECT_EQ(std::get<SchemaChange>(convert[0]).kind, SchemaChangeKind::kReplace);
}

TEST_F(DdlFollowerTest, NamesAreComparedAsTheServerComparesThem) {
  EXPECT_TRUE(Apply("TRUNCATE TABLE T").empty());
  DdlFollower::Server server;
  server.fold_names = true;
  server.lower_names = true;
  Begin(std::move(server));
  EXPECT_EQ(std::get<TableTruncated>(Apply("TRUNCATE TABLE Shop.T").at(0)).table,
            (TableId{"shop", "t"}));
  EXPECT_EQ(Change("DROP TABLE T").table, (TableId{"shop", "t"}));
  EXPECT_EQ(Change("ALTER TABLE SHOP.T ADD b INT").table, (TableId{"shop", "t"}));
  EXPECT_EQ(Change("CREATE TABLE ÄB (a INT)").table, (TableId{"shop", "äb"}));
  EXPECT_EQ(Change("DROP DATABASE SHOP").kind, SchemaChangeKind::kDrop);
}

TEST_F(DdlFollowerTest, WhatATableIsCalledIsNoMatterOfTheFollower) {
  for (const char* name : {"_epochs", "..", "../up", "_t_gho"}) {
    EXPECT_FALSE(Change(fmt::format("CREATE TABLE `{}` (a INT)", name)).cannot_follow) << name;
  }
}

TEST_F(DdlFollowerTest, WhatIsNotUnderstoodStopsTheTable) {
  EXPECT_TRUE(Change("ALTER TABLE t ADD x HYPERCUBE").cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE t ADD x INT SPARKLING").cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE t FROBNICATE").cannot_follow);
  EXPECT_TRUE(Change("ALTER TABLE t ADD SYSTEM VERSIONING").cannot_follow);
  EXPECT_EQ(Change("ALTER TABLE .`t` ADD b INT").after->columns.size(), 3U);
  Describe("t");
  EXPECT_EQ(Change("CREATE OR REPLACE TABLE t (x HYPERCUBE)").kind, SchemaChangeKind::kReplace);
  Describe("n");
  EXPECT_EQ(Change("CREATE TABLE n (x HYPERCUBE)").kind, SchemaChangeKind::kReplace);
  EXPECT_TRUE(Change("ALTER TABLE t ADD _seq INT").cannot_follow);
  EXPECT_TRUE(Apply("ALTER TABLE other.x ADD x HYPERCUBE").empty());
}

}  // namespace
}  // namespace foreset::mysql
