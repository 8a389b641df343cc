// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/tombstone_watch.h"

#include <gtest/gtest.h>

namespace foreset::kafka {
namespace {

debezium::Message Row(Operation operation) {
  debezium::Message message;
  message.kind = debezium::MessageKind::kUnwrapped;
  message.operation = operation;
  return message;
}

TEST(TombstoneWatch, OnlyWhatFollowsTheDeleteOfItsKeyRepeatsIt) {
  TombstoneWatch watch;
  watch.Row(Row(Operation::kInsert), "1");
  watch.Row(Row(Operation::kDelete), "1");
  EXPECT_TRUE(watch.Tombstone("1"));
  EXPECT_FALSE(watch.unplaced());
  EXPECT_FALSE(watch.Tombstone("2"));
  EXPECT_TRUE(watch.unplaced());
}

TEST(TombstoneWatch, ADeleteThatIsOnlyATombstoneIsUnplaced) {
  TombstoneWatch watch;
  watch.Row(Row(Operation::kUpdate), "1");
  EXPECT_FALSE(watch.Tombstone("1"));
  EXPECT_TRUE(watch.unplaced());
}

TEST(TombstoneWatch, RecordsWithoutAKeyAreAlike) {
  TombstoneWatch watch;
  watch.Row(Row(Operation::kDelete), std::nullopt);
  EXPECT_TRUE(watch.Tombstone(std::nullopt));
  EXPECT_FALSE(watch.Tombstone("1"));
}

}  // namespace
}  // namespace foreset::kafka
