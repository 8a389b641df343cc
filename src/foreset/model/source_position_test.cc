// SPDX-License-Identifier: MIT
#include "foreset/model/source_position.h"

#include <gtest/gtest.h>

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

TEST(SourcePositionTest, APositionOfOldHasNoNewestTransaction) {
  const auto read =
      SourcePositionFromJson(R"({"epoch":0,"server":"s","file":"b.1","pos":4,"gtid":""})");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->newest.empty());
}

}  // namespace
}  // namespace foreset
