// SPDX-License-Identifier: MIT
#include "foreset/model/source_position.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "foreset/base/json_damage_testing.h"

namespace foreset {
namespace {

SourcePosition Full() {
  return {.epoch = SourceEpoch(2),
          .server = "s",
          .file = "binlog.000007",
          .offset = 5'000'000'000,
          .gtid_set = "uuid:1-7",
          .newest = {.server = "s",
                     .file = "binlog.000006",
                     .file_begun = 4'000'000'000,
                     .begin = 4'999'999'000,
                     .end = 4'999'999'500,
                     .checksum = 0xFFFFFFFF,
                     .gtid = "uuid:7",
                     .original_commit = Timestamp(1'700'000'000'123'456)},
          .servers = {}};
}

TEST(SourcePositionTest, WhatIsWrittenReadsBack) {
  EXPECT_EQ(SourcePositionFromJson(ToJson(Full())), Full());
  SourcePosition file_only = Full();
  file_only.newest = {.server = "s", .file = "binlog.000006", .file_begun = 1, .gtid = {}};
  EXPECT_EQ(SourcePositionFromJson(ToJson(file_only)), file_only);
  EXPECT_EQ(SourcePositionFromJson(ToJson(SourcePosition{})), SourcePosition{});
}

SourcePosition OfTopics() {
  SourcePosition position = Full();
  position.open = {{.id = "X'67'", .prepared_at = Timestamp(7), .asked_from = "binlog.000006:4"}};
  position.from_topics = true;
  position.servers = {"s"};
  PartitionPosition& partition = PartitionIn(position.partitions, "shop.T", 3);
  partition.next_offset = LogOffset(12);
  partition.highest = Sequence(2, 7, 8, 0, Operation::kUpdate);
  partition.keys_moved = true;
  return position;
}

TEST(SourcePositionTest, ADamagedMemberIsDamageAndNotZero) {
  const std::string good = ToJson(OfTopics());
  ASSERT_EQ(SourcePositionFromJson(good), OfTopics());
  // Written only where they say something.
  const std::set<std::string> may_be_missing{"keys_moved", "end"};
  int tried = 0;
  for (const testing::DamagedJson& damage : testing::DamagesOf(good)) {
    if (damage.is_missing && may_be_missing.contains(damage.member)) continue;
    const auto read = SourcePositionFromJson(damage.text);
    ASSERT_FALSE(read) << damage.text;
    EXPECT_EQ(read.error().code, ErrorCode::kProgressDamaged);
    EXPECT_TRUE(read.error().message.contains(damage.member)) << read.error().message;
    ++tried;
  }
  EXPECT_GT(tried, 35);
}

TEST(SourcePositionTest, APositionOfOldHasNoNewestTransaction) {
  const auto read =
      SourcePositionFromJson(R"({"epoch":0,"server":"s","file":"b.1","pos":4,"gtid":""})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->newest.empty());
}

}  // namespace
}  // namespace foreset
