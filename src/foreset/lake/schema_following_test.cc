// SPDX-License-Identifier: MIT
// Schema changes through bronze, silver and gold.
#include <string>

#include <gtest/gtest.h>

#include "foreset/lake/lake_testing.h"
#include "foreset/lake/schema_changes_table.h"

namespace foreset::lake {
namespace {

class SchemaFollowing : public LakeFixture {
 protected:
  void SetUp() override {
    // The first schema of a table is a change too.
    changes_.push_back({.kind = SchemaChangeKind::kCreate,
                        .table = schema_->id,
                        .sequence = PositionOf(0).Floor(),
                        .after = schema_});
    bronze_ = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)).value();
    silver_ = SilverTable::Create(Folder("silver"), options_, *schema_).value();
    gold_ =
        GoldDimension::OpenOrCreate(Folder("current"), Folder("history"), spec_, options_, *schema_)
            .value();
  }

  SchemaChange Alter(TableSchema after, std::vector<ColumnChange> columns) {
    after.version = schema_->version.Next();
    SchemaChange change{.table = after.id, .ddl = "ALTER TABLE Shop …"};
    change.sequence = Sequence(0, 1, PositionOf(next_++).offset + 50, 0, Operation::kTruncate);
    change.after = std::make_shared<const TableSchema>(std::move(after));
    change.columns = std::move(columns);
    return change;
  }

  Status Follow(const SchemaChange& change) {
    changes_.push_back(change);
    RETURN_IF_ERROR(bronze_->Evolve(change));
    RETURN_IF_ERROR(silver_->Evolve(change));
    RETURN_IF_ERROR(gold_->Evolve(change));
    schema_ = change.after;
    return {};
  }

  Status Feed(ShopChanges& changes) {
    next_ = changes.next();
    const auto batch = changes.Build();
    (void)TRY(bronze_->Stage(*batch));
    RETURN_IF_ERROR(bronze_->Commit(PositionOf(next_)));
    for (Follower* follower :
         {static_cast<Follower*>(silver_.get()), static_cast<Follower*>(gold_.get())}) {
      RETURN_IF_ERROR(follower->Stage(*batch));
      RETURN_IF_ERROR(follower->Commit(bronze_->progress().batch, PositionOf(next_)));
    }
    return {};
  }

  Status FeedRows(const std::vector<ShopRow>& rows) {
    ShopChanges changes(schema_, next_);
    for (const ShopRow& row : rows) changes.Insert(row);
    return Feed(changes);
  }

  static std::vector<std::string> Leading(std::vector<std::string> rows, int cells) {
    for (std::string& row : rows) {
      std::size_t at = 0;
      for (int i = 0; i < cells; ++i) at = row.find('|', at + (i > 0 ? 1 : 0));
      row.resize(at);
    }
    return rows;
  }

  // Everything again from bronze, in other folders, must be the same.
  void ExpectReplayIsTheSame(const TableSchema& first) {
    auto silver = SilverTable::Create(Folder("silver2"), options_, first);
    auto gold =
        GoldDimension::OpenOrCreate(Folder("current2"), Folder("history2"), spec_, options_, first);
    ASSERT_TRUE(silver && gold);
    ASSERT_TRUE(IsOk(CatchUp(*bronze_, changes_, **silver, {})));
    ASSERT_TRUE(IsOk(CatchUp(*bronze_, changes_, **gold, {})));
    EXPECT_EQ(Rows((*silver)->table()), Rows(silver_->table()));
    EXPECT_EQ(Rows((*gold)->current()), Rows(gold_->current()));
    EXPECT_EQ(Rows((*gold)->history()), Rows(gold_->history()));
    EXPECT_EQ((*silver)->progress().schema, silver_->progress().schema);
  }

  LakeOptions options_ = Options();
  DimensionSpec spec_{.current = "Shop_current", .history = "Shop_history", .columns = {}};
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  std::vector<SchemaChange> changes_;
  std::uint64_t next_ = 1;
  std::unique_ptr<BronzeTable> bronze_;
  std::unique_ptr<SilverTable> silver_;
  std::unique_ptr<GoldDimension> gold_;
};

using Lines = std::vector<std::string>;

TEST_F(SchemaFollowing, AddedColumnsGetTheirDefaultInExistingRows) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}, {2, "b", 20}})));
  TableSchema after = *schema_;
  after.columns.insert(after.columns.begin() + 1,
                       {.name = "Price", .type = SourceType::kDecimal, .length = 10, .scale = 2});
  after.columns.push_back({.name = "Note", .type = SourceType::kText});
  const SchemaChange change = Alter(after, {ColumnAdded{"Price", "1.5"}, ColumnAdded{"Note", {}}});
  ASSERT_TRUE(IsOk(Follow(change)));
  ASSERT_TRUE(IsOk(FeedRows({{3, "c", 30}})));
  EXPECT_EQ(Leading(Rows(silver_->table()), 5),
            (Lines{"1|1.50|a|10|NULL", "2|1.50|b|20|NULL", "3|NULL|c|30|NULL"}));
  // A change that is there already does nothing.
  const auto version = silver_->table().snapshot()->version();
  ASSERT_TRUE(IsOk(silver_->Evolve(change)));
  EXPECT_EQ(silver_->table().snapshot()->version(), version);
  ExpectReplayIsTheSame(ShopSchema());
}

TEST_F(SchemaFollowing, DroppedAndRenamedColumnsLeaveSilverAndStayInHistory) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}})));
  TableSchema after = *schema_;
  after.columns[1].name = "Title";
  after.columns.pop_back();
  ASSERT_TRUE(IsOk(Follow(Alter(after, {ColumnRenamed{"Name", "Title"}, ColumnDropped{"Qty"}}))));
  ASSERT_TRUE(IsOk(FeedRows({{2, "", 0}})));
  EXPECT_EQ(Leading(Rows(silver_->table()), 2), (Lines{"1|a", "2|NULL"}));
  EXPECT_EQ(Leading(Rows(gold_->history()), 5),
            (Lines{"1|a|10|NULL|INSERT", "2|NULL|NULL|NULL|INSERT"}));
  ExpectReplayIsTheSame(ShopSchema());
}

TEST_F(SchemaFollowing, WideningRewritesEveryLayer) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}})));
  TableSchema after = *schema_;
  after.columns[2].type = SourceType::kBigInt;
  ASSERT_TRUE(IsOk(Follow(Alter(after, {ColumnRetyped{"Qty"}}))));
  ShopChanges changes(schema_, next_);
  changes.Update({1, "a", 10}, {1, "a", 11});
  ASSERT_TRUE(IsOk(Feed(changes)));
  EXPECT_EQ(silver_->table().snapshot()->schema()->field(2)->type()->ToString(), "int64");
  EXPECT_EQ(gold_->history().snapshot()->schema()->field(2)->type()->ToString(), "int64");
  EXPECT_EQ(Leading(Rows(silver_->table()), 3), (Lines{"1|a|11"}));
  ExpectReplayIsTheSame(ShopSchema());
}

TEST_F(SchemaFollowing, WhatDoesNotFitStopsTheTableAsItWas) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}})));
  TableSchema after = *schema_;
  after.columns[1].type = SourceType::kInt;
  const SchemaChange change = Alter(after, {ColumnRetyped{"Name"}});
  for (const Status& refused :
       {bronze_->Evolve(change), silver_->Evolve(change), gold_->Evolve(change)}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kIncompatibleSchemaChange);
  }
  EXPECT_EQ(Leading(Rows(silver_->table()), 3), (Lines{"1|a|10"}));
  SchemaChange unknown = Alter(*schema_, {});
  unknown.cannot_follow = NotFollowed("a type that nobody knows");
  const Status refused = silver_->Evolve(unknown);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kSchemaChangeNotFollowed);
}

TEST_F(SchemaFollowing, ATableMadeAnewBeginsEmpty) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}})));
  SchemaChange drop = Alter(*schema_, {});
  drop.kind = SchemaChangeKind::kDrop;
  drop.after = nullptr;
  changes_.push_back(drop);
  ASSERT_TRUE(IsOk(bronze_->Evolve(drop)));
  ASSERT_TRUE(IsOk(silver_->Evolve(drop)));
  ASSERT_TRUE(IsOk(gold_->Evolve(drop)));
  EXPECT_TRUE(silver_->progress().dropped);
  EXPECT_EQ(Leading(Rows(silver_->table()), 3), (Lines{"1|a|10"}));
  SchemaChange create = Alter(*schema_, {});
  create.kind = SchemaChangeKind::kCreate;
  ASSERT_TRUE(IsOk(Follow(create)));
  ASSERT_TRUE(IsOk(FeedRows({{2, "b", 20}})));
  EXPECT_EQ(Leading(Rows(silver_->table()), 3), (Lines{"2|b|20"}));
  EXPECT_EQ(Leading(Rows(gold_->history()), 4),
            (Lines{"1|a|10|INSERT", "2|b|20|INSERT", "NULL|NULL|NULL|TRUNCATE"}));
  ExpectReplayIsTheSame(ShopSchema());
}

TEST_F(SchemaFollowing, ForbiddenNamesGetColumnMapping) {
  ASSERT_TRUE(IsOk(FeedRows({{1, "a", 10}})));
  TableSchema after = *schema_;
  after.columns.push_back({.name = "Net price (EUR)", .type = SourceType::kInt});
  ASSERT_TRUE(IsOk(Follow(Alter(after, {ColumnAdded{"Net price (EUR)", "7"}}))));
  ASSERT_TRUE(IsOk(FeedRows({{2, "b", 20}})));
  EXPECT_EQ(Leading(Rows(silver_->table()), 4), (Lines{"1|a|10|7", "2|b|20|NULL"}));
  ExpectReplayIsTheSame(ShopSchema());
}

TEST_F(SchemaFollowing, SchemaChangesSurviveAReopen) {
  auto table = SchemaChangesTable::OpenOrCreate(Folder("_schema_changes"), options_).value();
  TableSchema after = *schema_;
  after.columns.pop_back();
  const SchemaChange change = Alter(after, {ColumnDropped{"Qty"}});
  ASSERT_TRUE(IsOk(table->Append({LifeNumber(1), change})));
  ASSERT_TRUE(IsOk(table->Append({LifeNumber(1), change})));
  table = SchemaChangesTable::OpenOrCreate(Folder("_schema_changes"), options_).value();
  ASSERT_EQ(table->all().size(), 1U);
  EXPECT_EQ(*table->all().front().change.after, *change.after);
  EXPECT_EQ(table->all().front().change.columns, change.columns);
}

}  // namespace
}  // namespace foreset::lake
