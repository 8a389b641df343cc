// SPDX-License-Identifier: MIT
#include "foreset/pipeline/publish_cursor.h"

#include <gtest/gtest.h>

#include "foreset/base/json_damage_testing.h"

namespace foreset::pipeline {
namespace {

PublishCursor Full() {
  PublishCursor cursor;
  cursor.writer = "run";
  cursor.position = {.epoch = SourceEpoch(1), .server = "s", .file = "b.000007", .offset = 9};
  cursor.tables[{"shop", "T"}] = {.table_id = "id",
                                  .batch = lake::BatchNumber(4),
                                  .place = {Sequence(1, 7, 8, 0, Operation::kUpdate), true},
                                  .snapshot_rows = true,
                                  .snapshot_done = true};
  cursor.snapshot_begun = true;
  cursor.transaction = {
      .id = "u:7", .committed_at = Timestamp(5), .events = 2, .by_table = {{"shop.T", 2}}};
  cursor.server_id = 4'000'000'000;
  cursor.event_row = 3;
  cursor.newest_commit = Timestamp(5);
  cursor.records = 11;
  return cursor;
}

TEST(PublishCursor, RoundTrips) {
  EXPECT_EQ(PublishCursorFromJson(ToJson(Full())).value(), Full());
  EXPECT_EQ(PublishCursorFromJson(ToJson(PublishCursor{})).value(), PublishCursor{});
}

TEST(PublishCursor, ADamagedMemberIsDamageAndNotZero) {
  const std::string good = ToJson(Full());
  int tried = 0;
  for (const foreset::testing::DamagedJson& damage : foreset::testing::DamagesOf(good)) {
    // Which tables a transaction has touched are the names of members.
    if (damage.member == "shop.T" && damage.is_missing) continue;
    const auto read = PublishCursorFromJson(damage.text);
    ASSERT_FALSE(read) << damage.text;
    EXPECT_EQ(read.error().kind, ErrorKind::kCorruption);
    ++tried;
  }
  EXPECT_GT(tried, 35);
}

TEST(PublishCursor, AnotherProgramsRecordIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"schema":"foreset.published.v2"})", "null"}) {
    const auto cursor = PublishCursorFromJson(text);
    ASSERT_FALSE(cursor) << text;
    EXPECT_EQ(cursor.error().code, ErrorCode::kKafkaProgressDamaged);
  }
}

}  // namespace
}  // namespace foreset::pipeline
