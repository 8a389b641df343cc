// SPDX-License-Identifier: MIT
// Tables that are fed from topics: offsets, repeats, late changes.
#include <algorithm>

#include <gtest/gtest.h>

#include "foreset/lake/lake_testing.h"

namespace foreset::lake {
namespace {

// One record of the shop's topic: a change at place `at` of the source's order.
struct ShopRecord {
  Operation operation = Operation::kInsert;
  ShopRow row;
  std::uint64_t at = 0;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

class TopicRecords : public LakeFixture {
 protected:
  void SetUp() override {
    options_ = Options();
    schema_ = std::make_shared<const TableSchema>(ShopSchema());
    created_ = {.kind = SchemaChangeKind::kCreate, .table = schema_->id, .after = schema_};
    Begin();
  }

  void Begin() {
    SourcePosition begin;
    begin.from_topics = true;
    bronze_ = BronzeTable::Create(Folder("bronze"), options_, *schema_, begin).value();
    silver_ = SilverTable::Create(Folder("silver"), options_, *schema_).value();
    gold_ = GoldDimension::OpenOrCreate(Folder("current"), Folder("history"),
                                        {.current = "current", .history = "history"}, options_,
                                        *schema_)
                .value();
  }

  std::shared_ptr<const ChangeBatch> BatchOf(std::vector<ShopRecord> records) {
    std::ranges::stable_sort(records, {}, &ShopRecord::at);
    ShopChanges changes(schema_, 1);
    for (const ShopRecord& record : records) {
      switch (record.operation) {
        case Operation::kInsert:
          changes.Insert(record.row);
          break;
        case Operation::kUpdate:
          changes.Update(record.row, record.row);
          break;
        case Operation::kDelete:
          changes.Delete(record.row);
          break;
        default:
          changes.Truncate();
      }
    }
    auto batch = std::make_shared<ChangeBatch>(*changes.Build());
    batch->topics = {"shop"};
    for (std::size_t i = 0; i < records.size(); ++i) {
      batch->sequences[i] = Sequence(0, 1, records[i].at, 0, records[i].operation);
      batch->places.push_back({0, records[i].partition, LogOffset(records[i].offset)});
    }
    return batch;
  }

  // Stages and commits them as one round that covers the partitions up to these offsets.
  Status Round(std::vector<ShopRecord> records, const std::vector<std::int64_t>& next,
               bool keys_moved = false) {
    SourcePosition end{.server = "s", .file = "binlog.000001", .offset = 1000};
    end.from_topics = true;
    for (std::size_t i = 0; i < next.size(); ++i) {
      auto& partition = PartitionIn(end.partitions, "shop", static_cast<std::int32_t>(i));
      partition.next_offset = LogOffset(next[i]);
      partition.keys_moved = keys_moved;
    }
    if (!records.empty()) (void)TRY(bronze_->Stage(*BatchOf(std::move(records))));
    RETURN_IF_ERROR(bronze_->Commit(end));
    const std::vector<SchemaChange> changes{created_};
    RETURN_IF_ERROR(CatchUp(*bronze_, changes, *silver_, {}));
    return CatchUp(*bronze_, changes, *gold_, {});
  }

  std::vector<std::string> Current() { return FirstCells(silver_->table(), 3); }
  std::vector<std::string> Gold() { return FirstCells(gold_->current(), 3); }

  static std::vector<std::string> FirstCells(const LakeTable& table, int cells) {
    std::vector<std::string> rows = Rows(table);
    for (std::string& row : rows) {
      std::size_t at = 0;
      for (int i = 0; i < cells; ++i) at = row.find('|', at) + 1;
      row.resize(at - 1);
    }
    return rows;
  }

  LakeOptions options_;
  std::shared_ptr<const TableSchema> schema_;
  SchemaChange created_;
  std::unique_ptr<BronzeTable> bronze_;
  std::unique_ptr<SilverTable> silver_;
  std::unique_ptr<GoldDimension> gold_;
};

using Op = Operation;
using Cells = std::vector<std::string>;

TEST_F(TopicRecords, RecordsBelowTheCoveredOffsetAreLeftOut) {
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}}, {1})));
  // The round is read again after a crash, cut otherwise.
  ASSERT_TRUE(IsOk(
      Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}, {Op::kInsert, {2, "b", 2}, 20, 0, 1}}, {2})));
  EXPECT_EQ(Rows(bronze_->table()).size(), 2U);
  EXPECT_FALSE(bronze_->staged_as_given());
  EXPECT_EQ(bronze_->repeats(), 0U);
  EXPECT_EQ(Current(), (Cells{"1|a|1", "2|b|2"}));
}

TEST_F(TopicRecords, RepeatUnderANewOffsetComesOnce) {
  ASSERT_TRUE(IsOk(
      Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}, {Op::kInsert, {2, "b", 2}, 20, 0, 1}}, {2})));
  // Again in a later round, and twice within it.
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {1, "a", 1}, 10, 0, 2},
                          {Op::kInsert, {2, "b", 2}, 20, 0, 3},
                          {Op::kInsert, {3, "c", 3}, 30, 0, 4},
                          {Op::kInsert, {3, "c", 3}, 30, 0, 5}},
                         {6})));
  EXPECT_EQ(Rows(bronze_->table()).size(), 3U);
  EXPECT_EQ(bronze_->repeats(), 3U);
  EXPECT_EQ(Current(), (Cells{"1|a|1", "2|b|2", "3|c|3"}));
}

TEST_F(TopicRecords, LateInsertDoesNotBringADeletedRowBack) {
  ASSERT_TRUE(IsOk(Round({{Op::kDelete, {1, "a", 1}, 30, 0, 0}}, {1})));
  ASSERT_TRUE(IsOk(
      Round({{Op::kInsert, {1, "a", 1}, 10, 0, 1}, {Op::kInsert, {2, "b", 2}, 20, 0, 2}}, {3})));
  EXPECT_EQ(Current(), (Cells{"2|b|2"}));
  EXPECT_EQ(Gold(), Current());
  const auto history = Rows(gold_->history());
  EXPECT_EQ(std::ranges::count_if(history, [](const auto& row) { return row.ends_with("true"); }),
            1);
  // A layer that is made anew from bronze says the same.
  silver_ = SilverTable::Create(Folder("silver2"), options_, *schema_).value();
  const std::vector<SchemaChange> changes{created_};
  ASSERT_TRUE(IsOk(CatchUp(*bronze_, changes, *silver_, {})));
  EXPECT_EQ(Current(), (Cells{"2|b|2"}));
}

TEST_F(TopicRecords, RowsOfAPartitionThatLagsAreNotLate) {
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {1, "a", 1}, 90, 0, 0}}, {1, 0})));
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {2, "b", 2}, 10, 1, 0}}, {1, 1})));
  EXPECT_TRUE(bronze_->staged_as_given());
  EXPECT_EQ(Current(), (Cells{"1|a|1", "2|b|2"}));
}

TEST_F(TopicRecords, KeysThatMovedWithAGrowingTopicAreLookedUp) {
  ASSERT_TRUE(IsOk(Round({{Op::kDelete, {1, "a", 1}, 90, 1, 0}}, {0, 1}, true)));
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}}, {1, 1}, true)));
  EXPECT_EQ(Current(), Cells());
}

TEST_F(TopicRecords, TwoChangesAtOnePlaceStop) {
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}}, {1})));
  const Status stopped = Round({{Op::kInsert, {2, "b", 2}, 10, 0, 1}}, {2});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kDebeziumPlaceAmbiguous);
}

TEST_F(TopicRecords, LateTruncateRemovesOnlyWhatIsOlder) {
  ASSERT_TRUE(IsOk(
      Round({{Op::kInsert, {1, "a", 1}, 10, 0, 0}, {Op::kInsert, {2, "b", 2}, 90, 0, 1}}, {2, 0})));
  ASSERT_TRUE(IsOk(Round({{Op::kTruncate, {}, 50, 1, 0}}, {2, 1})));
  EXPECT_EQ(Current(), (Cells{"2|b|2"}));
  EXPECT_EQ(Gold(), Current());
  // What still comes from before the TRUNCATE is gone.
  ASSERT_TRUE(IsOk(Round({{Op::kInsert, {3, "c", 3}, 20, 1, 1}}, {2, 2})));
  EXPECT_EQ(Current(), (Cells{"2|b|2"}));
}

TEST_F(TopicRecords, KeylessRowsAreCancelledByTheRemovalThatCameBefore) {
  schema_ = std::make_shared<const TableSchema>(ShopSchema(KeyKind::kWholeRow));
  created_.after = schema_;
  options_.name = "keyless";
  bronze_ = nullptr;
  SourcePosition begin;
  begin.from_topics = true;
  bronze_ = BronzeTable::Create(Folder("bronze2"), options_, *schema_, begin).value();
  silver_ = SilverTable::Create(Folder("silver2"), options_, *schema_).value();
  gold_ = GoldDimension::OpenOrCreate(Folder("current2"), Folder("history2"),
                                      {.current = "current2", .history = "history2"}, options_,
                                      *schema_)
              .value();
  ASSERT_TRUE(IsOk(Round({{Op::kDelete, {1, "a", 1}, 30, 0, 0}}, {1, 0})));
  ASSERT_TRUE(IsOk(
      Round({{Op::kInsert, {1, "a", 1}, 10, 1, 0}, {Op::kInsert, {1, "a", 1}, 20, 1, 1}}, {1, 2})));
  EXPECT_EQ(Current(), (Cells{"1|a|1"}));
}

}  // namespace
}  // namespace foreset::lake
