// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include "foreset/lake/epochs_table.h"
#include "foreset/lake/lake_testing.h"
#include "foreset/lake/quarantine_table.h"

namespace foreset::lake {
namespace {

using Lines = std::vector<std::string>;

class LakeTables : public LakeFixture {
 protected:
  // The first cells of each row.
  static Lines Leading(Lines rows, int cells) {
    for (std::string& row : rows) {
      std::size_t at = 0;
      for (int i = 0; i < cells; ++i) at = row.find('|', at + (i > 0 ? 1 : 0));
      row.resize(at);
    }
    return rows;
  }

  LakeOptions options_ = Options();
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
};

TEST_F(LakeTables, ATableWithoutKeyIsAMultiset) {
  schema_ = std::make_shared<const TableSchema>(ShopSchema(KeyKind::kWholeRow));
  auto silver = SilverTable::Create(Folder("silver"), options_, *schema_).value();
  ShopChanges first(schema_, 1);
  for (int i = 0; i < 3; ++i) first.Insert({1, "a", 1});
  first.Delete({1, "a", 1});
  ASSERT_TRUE(IsOk(silver->Stage(*first.Build())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(1), PositionOf(first.next()))));
  EXPECT_EQ(Leading(Rows(silver->table()), 3), (Lines{"1|a|1", "1|a|1"}));
  ShopChanges second(schema_, first.next());
  second.Update({1, "a", 1}, {2, "b", 2});
  second.Delete({9, "z", 9});
  silver = SilverTable::Open(Folder("silver"), "Shop", options_).value();
  ASSERT_TRUE(IsOk(silver->Stage(*second.Build())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(2), PositionOf(second.next()))));
  EXPECT_EQ(Leading(Rows(silver->table()), 3), (Lines{"1|a|1", "2|b|2"}));
  EXPECT_EQ(silver->counts().unmatched, 1U);
}

TEST_F(LakeTables, ANamedDimensionIsLeftAloneByChangesOfOtherColumns) {
  options_.quiet_batches = 10;
  const DimensionSpec spec{"DimShop", "DimHistory_Shop", {{"ShopID", "ID"}, {"ShopName", "Name"}}};
  auto gold =
      GoldDimension::OpenOrCreate(Folder("c"), Folder("h"), spec, options_, *schema_).value();
  ShopChanges first(schema_, 1);
  first.Insert({1, "a", 1});
  ASSERT_TRUE(IsOk(gold->Stage(*first.Build())));
  ASSERT_TRUE(IsOk(gold->Commit(BatchNumber(1), PositionOf(first.next()))));
  const auto version = gold->current().snapshot()->version();
  ShopChanges second(schema_, first.next());
  second.Update({1, "a", 1}, {1, "a", 2});
  ASSERT_TRUE(IsOk(gold->Stage(*second.Build())));
  ASSERT_TRUE(IsOk(gold->Commit(BatchNumber(2), PositionOf(second.next()))));
  EXPECT_EQ(gold->current().snapshot()->version(), version);
  EXPECT_EQ(gold->progress().batch, BatchNumber(2));
  ASSERT_TRUE(IsOk(gold->Flush()));
  EXPECT_EQ(gold->current().progress().batch, BatchNumber(2));
  EXPECT_EQ(gold->history().progress().batch, BatchNumber(2));
  ShopChanges third(schema_, second.next());
  third.Update({1, "a", 2}, {1, "b", 2});
  ASSERT_TRUE(IsOk(gold->Stage(*third.Build())));
  ASSERT_TRUE(IsOk(gold->Commit(BatchNumber(3), PositionOf(third.next()))));
  EXPECT_EQ(Leading(Rows(gold->current()), 2), (Lines{"1|b"}));
  EXPECT_EQ(Leading(Rows(gold->history()), 3), (Lines{"1|a|INSERT", "1|b|UPDATE"}));
}

TEST_F(LakeTables, ADimensionMustHaveItsKey) {
  const DimensionSpec spec{"D", "H", {{"ShopName", "Name"}}};
  const auto gold = GoldDimension::OpenOrCreate(Folder("c"), Folder("h"), spec, options_, *schema_);
  ASSERT_FALSE(gold);
  EXPECT_EQ(gold.error().code, ErrorCode::kDimensionColumns);
}

TEST_F(LakeTables, AReservedColumnNameIsRefused) {
  TableSchema schema = *schema_;
  schema.columns[1].name = "_SEQ";
  const auto silver = SilverTable::Create(Folder("silver"), options_, schema);
  ASSERT_FALSE(silver);
  EXPECT_EQ(silver.error().code, ErrorCode::kReservedColumnName);
}

TEST_F(LakeTables, SeveralStagesOfARoundAreOneCommit) {
  auto silver = SilverTable::Create(Folder("silver"), options_, *schema_).value();
  ShopChanges first(schema_, 1);
  first.Insert({1, "a", 1});
  first.Insert({2, "b", 1});
  ShopChanges second(schema_, first.next());
  second.Update({1, "a", 1}, {1, "a", 2});
  second.Delete({2, "b", 1});
  second.Insert({3, "c", 1});
  ASSERT_TRUE(IsOk(silver->Stage(*first.Build())));
  ASSERT_TRUE(IsOk(silver->Stage(*second.Build())));
  const auto version = silver->table().snapshot()->version();
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(1), PositionOf(second.next()))));
  EXPECT_EQ(silver->table().snapshot()->version(), version.Next());
  EXPECT_EQ(Leading(Rows(silver->table()), 3), (Lines{"1|a|2", "3|c|1"}));
  ShopChanges third(schema_, second.next());
  third.Delete({3, "c", 1});
  third.Update({1, "a", 2}, {1, "a", 3});
  silver = SilverTable::Open(Folder("silver"), "Shop", options_).value();
  ASSERT_TRUE(IsOk(silver->Stage(*third.Build())));
  ASSERT_TRUE(IsOk(silver->Commit(BatchNumber(2), PositionOf(third.next()))));
  EXPECT_EQ(Leading(Rows(silver->table()), 3), (Lines{"1|a|3"}));
}

TEST_F(LakeTables, ForeignDataIsNoticedAndNeverMixed) {
  auto silver = SilverTable::Create(Folder("silver"), options_, *schema_).value();
  auto stranger = silver->table().Begin();
  delta::AddFile file{.path = "x.parquet", .size_bytes = 1, .stats_json = R"({"numRecords":1})"};
  stranger.Add(file);
  delta::Committer committer(Folder("silver"), clock_, options_.make_id);
  ASSERT_TRUE(IsOk(committer.Commit(stranger)));
  ShopChanges changes(schema_, 1);
  changes.Insert({1, "a", 1});
  ASSERT_TRUE(IsOk(silver->Stage(*changes.Build())));
  const Status committed = silver->Commit(BatchNumber(1), PositionOf(2));
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kForeignChange);
  const auto reopened = SilverTable::Open(Folder("silver"), "Shop", options_);
  ASSERT_FALSE(reopened);
  EXPECT_EQ(reopened.error().code, ErrorCode::kForeignChange);
}

TEST_F(LakeTables, AForeignCompactionIsFollowed) {
  auto bronze = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)).value();
  auto silver = SilverTable::Create(Folder("silver"), options_, *schema_).value();
  std::uint64_t next = 1;
  for (int i = 0; i < 6; ++i) {
    ShopChanges changes(schema_, next);
    changes.Insert({i, "a", i});
    next = changes.next();
    const auto batch = changes.Build();
    ASSERT_TRUE(IsOk(bronze->Stage(*batch)));
    ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(next))));
    ASSERT_TRUE(IsOk(silver->Stage(*batch)));
    ASSERT_TRUE(IsOk(silver->Commit(bronze->progress().batch, PositionOf(next))));
  }
  {
    auto other = SilverTable::Open(Folder("silver"), "Shop", options_).value();
    ASSERT_TRUE(other->Maintain({.max_small_files = 2}).value());
  }
  ShopChanges changes(schema_, next);
  changes.Update({3, "a", 3}, {3, "z", 3});
  changes.Delete({4, "a", 4});
  const auto batch = changes.Build();
  ASSERT_TRUE(IsOk(bronze->Stage(*batch)));
  ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(changes.next()))));
  ASSERT_TRUE(IsOk(silver->Stage(*batch)));
  const Status moved = silver->Commit(bronze->progress().batch, PositionOf(changes.next()));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind, ErrorKind::kTransient);
  ASSERT_TRUE(IsOk(silver->Refresh()));
  ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *silver, {})));
  EXPECT_EQ(Leading(Rows(silver->table()), 3),
            (Lines{"0|a|0", "1|a|1", "2|a|2", "3|z|3", "5|a|5"}));
}

// No lock reaches from one machine to another: the table itself must notice.
TEST_F(LakeTables, ASecondProcessThatCapturesTheSameIsNoticedAndDoublesNothing) {
  auto one = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)).value();
  auto two = BronzeTable::Open(Folder("bronze"), "Shop", options_).value();
  ShopChanges changes(schema_, 1);
  changes.Insert({1, "a", 1});
  changes.Insert({2, "b", 2});
  const auto batch = changes.Build();
  ASSERT_TRUE(IsOk(one->Stage(*batch)));
  ASSERT_TRUE(IsOk(two->Stage(*batch)));
  ASSERT_TRUE(IsOk(one->Commit(PositionOf(changes.next()))));
  const Status second = two->Commit(PositionOf(changes.next()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kLakeLocked);
  EXPECT_EQ(second.error().kind, ErrorKind::kInvalidInput);
  ASSERT_TRUE(IsOk(two->Refresh()));
  EXPECT_EQ(Rows(two->table()).size(), 2U);
  EXPECT_EQ(two->Stage(*batch).value(), 0U);
}

TEST_F(LakeTables, ATableThatAnotherProcessMadeIsToldFromAForeignOne) {
  const auto one = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0));
  ASSERT_TRUE(one);
  const auto two = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0));
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, ErrorCode::kLakeLocked);
  LakeOptions other = options_;
  other.name = "other";
  const auto three = BronzeTable::Create(Folder("bronze"), other, *schema_, PositionOf(0));
  ASSERT_FALSE(three);
  EXPECT_EQ(three.error().code, ErrorCode::kLakeTableExists);
}

TEST_F(LakeTables, BackfilledRowsAreToldAsSnapshotsAndYieldToChanges) {
  auto bronze = BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)).value();
  const DimensionSpec spec{"Shop_current", "Shop_history", {}};
  auto gold =
      GoldDimension::OpenOrCreate(Folder("c"), Folder("h"), spec, options_, *schema_).value();
  ShopChanges rows(schema_, 5);
  rows.Snapshot({1, "a", 1}, 0);
  rows.Snapshot({2, "b", 2}, 1);
  ASSERT_TRUE(IsOk(bronze->Stage(*rows.Build())));
  const BackfillState state{.position = PositionOf(5), .after_key = {"2"}, .rows = 2, .done = true};
  ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(5), state)));
  bronze = BronzeTable::Open(Folder("bronze"), "Shop", options_).value();
  EXPECT_EQ(bronze->progress().backfill, state);
  ShopChanges changes(schema_, 3);
  changes.Insert({7, "old", 0});  // before the copy: not the table's own
  changes.Insert({8, "old", 0});
  changes.Delete({2, "b", 2});
  EXPECT_EQ(bronze->Stage(*changes.Build()).value(), 1U);
  ASSERT_TRUE(IsOk(bronze->Commit(PositionOf(6))));
  ASSERT_TRUE(IsOk(CatchUp(*bronze, {}, *gold, {})));
  EXPECT_EQ(Leading(Rows(gold->current()), 3), (Lines{"1|a|1"}));
  EXPECT_EQ(Leading(Rows(gold->history()), 4),
            (Lines{"1|a|1|SNAPSHOT", "2|b|2|DELETE", "2|b|2|SNAPSHOT"}));
}

TEST_F(LakeTables, EpochsNeverGoBack) {
  auto epochs = EpochsTable::OpenOrCreate(Folder("_epochs"), options_).value();
  EXPECT_EQ(epochs->latest(), std::nullopt);
  ASSERT_TRUE(
      IsOk(epochs->Append({.position = PositionOf(3), .versions = {{"Shop", delta::Version(4)}}})));
  EXPECT_FALSE(epochs->Append({.position = PositionOf(2)}));
  epochs = EpochsTable::OpenOrCreate(Folder("_epochs"), options_).value();
  EXPECT_EQ(epochs->latest(), PositionOf(3));
}

TEST_F(LakeTables, QuarantineKeepsBytesOnce) {
  auto table = QuarantineTable::OpenOrCreate(Folder("_quarantine"), options_).value();
  QuarantineRow row{.table = {"store", "Shop"},
                    .sequence = Sequence(0, 1, 150, 0, Operation::kInsert),
                    .code = ErrorCode::kStorageIo,
                    .reason = "why",
                    .bytes = std::string("\0\xff", 2)};
  ASSERT_TRUE(IsOk(table->Append({row}, PositionOf(2))));
  ASSERT_TRUE(IsOk(table->Append({row}, PositionOf(2))));
  std::vector<QuarantineRow> read;
  ASSERT_TRUE(IsOk(table->Read([&](QuarantineRow found) -> Status {
    read.push_back(std::move(found));
    return {};
  })));
  EXPECT_EQ(read, std::vector<QuarantineRow>{row});
}

}  // namespace
}  // namespace foreset::lake
