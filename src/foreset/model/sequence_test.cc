// SPDX-License-Identifier: MIT
#include "foreset/model/sequence.h"

#include <gtest/gtest.h>

#include "foreset/model/source_position.h"

namespace foreset {
namespace {

TEST(Sequence, FieldsComeBackAndTextSortsAsTheOrderDoes) {
  const Sequence low(1, 42, 0x123456789ABCULL, 7, Operation::kDelete);
  const Sequence high(1, 42, 0x123456789ABDULL, 0, Operation::kSnapshot);
  EXPECT_EQ(low.epoch(), 1);
  EXPECT_EQ(low.file_number(), 42U);
  EXPECT_EQ(low.position(), 0x123456789ABCULL);
  EXPECT_EQ(low.row(), 7U);
  EXPECT_LT(low, high);
  EXPECT_LT(low.ToString(), high.ToString());
  EXPECT_EQ(low.ToString().size(), 32U);
  EXPECT_EQ(Sequence::Parse(low.ToString()), low);
}

TEST(Sequence, KeyChangeDeletesBeforeItInserts) {
  const Sequence update(0, 1, 4, 0, Operation::kUpdate);
  EXPECT_LT(update.WithRank(Operation::kDelete), update);
  EXPECT_LT(update, update.WithRank(Operation::kInsert));
}

TEST(Sequence, ForeignTextIsRefused) {
  EXPECT_FALSE(Sequence::Parse(""));
  EXPECT_FALSE(Sequence::Parse("0000000000000000000000000000000g"));
}

TEST(SourcePosition, BackfilledRowsSortBelowTheFirstChangeAfterThem) {
  const SourcePosition position{
      .server = "s", .file = "mysql-bin.000003", .offset = 500, .gtid_set = "u:1-7"};
  const Sequence last_row = position.ForSnapshotRow(4'000'000'000);
  EXPECT_LT(last_row, Sequence(0, 3, 579, 0, Operation::kInsert));
  EXPECT_LT(last_row, position.Ceiling());
  EXPECT_LT(position.Ceiling(), Sequence(0, 3, 579, 0, Operation::kInsert));
  EXPECT_LT(Sequence(0, 3, 499, 9, Operation::kInsert), position.Floor());
  EXPECT_EQ(SourcePositionFromJson(ToJson(position)).value(), position);
}

SourcePosition TwoPartitions(std::int64_t first, std::int64_t second) {
  SourcePosition position{.server = "7", .file = "mysql-bin.000003", .offset = 500};
  position.from_topics = true;
  position.servers = {"6", "7"};
  PartitionIn(position.partitions, "t", 1) = {"t", 1, LogOffset(second),
                                              Sequence(1, 3, 400, 0, Operation::kUpdate), true};
  PartitionIn(position.partitions, "t", 0).next_offset = LogOffset(first);
  return position;
}

TEST(SourcePosition, OfTopicsComesBackAsItWas) {
  const SourcePosition position = TwoPartitions(3, 4);
  EXPECT_EQ(position.partitions.front().partition, 0);
  EXPECT_EQ(SourcePositionFromJson(ToJson(position)).value(), position);
}

TEST(SourcePosition, OfTopicsCoversByOffsetsAlone) {
  const SourcePosition position = TwoPartitions(3, 4);
  EXPECT_TRUE(position.Covers(TwoPartitions(3, 3)));
  EXPECT_FALSE(position.Covers(TwoPartitions(2, 5)));
  SourcePosition further = TwoPartitions(1, 1);
  PartitionIn(further.partitions, "u", 0).next_offset = LogOffset(1);
  EXPECT_FALSE(position.Covers(further));
  further.partitions.back().next_offset = LogOffset(0);
  EXPECT_TRUE(position.Covers(further));
}

TEST(SourcePosition, FileNumberIsTheSuffix) {
  EXPECT_EQ(BinlogFileNumber("a.b.1000000"), 1000000U);
  EXPECT_EQ(BinlogFileNumber("binlog"), 0U);
}

}  // namespace
}  // namespace foreset
