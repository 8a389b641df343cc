// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/source_epochs.h"

#include <gtest/gtest.h>

namespace foreset::kafka {
namespace {

debezium::SourceBlock At(std::string_view file, std::uint64_t position, std::int64_t seconds,
                         std::uint64_t server_id = 1) {
  debezium::SourceBlock source;
  source.file = file;
  source.position = position;
  source.server_id = server_id;
  source.committed_at = Timestamp(seconds * 1'000'000);
  return source;
}

TEST(SourceEpochs, RepeatsAndLateChangesBeginNone) {
  SourceEpochs epochs({});
  LastPlace last;
  EXPECT_EQ(epochs.EpochOf(At("binlog.000003", 100, 10), last).value(), 0);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000003", 900, 20), last).value(), 0);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000003", 100, 10), last).value(), 0);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000002", 100, 5), last).value(), 0);
}

TEST(SourceEpochs, RisesWhereANewerChangeStandsBeforeAnOlderOne) {
  SourceEpochs epochs({});
  LastPlace last;
  EXPECT_EQ(epochs.EpochOf(At("binlog.000003", 900, 20), last).value(), 0);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000001", 400, 30, 2), last).value(), 1);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000001", 800, 31, 2), last).value(), 1);
  // Another partition, which had not come so far: its places did not go back.
  LastPlace other;
  EXPECT_EQ(epochs.EpochOf(At("binlog.000003", 100, 12), other).value(), 0);
  EXPECT_EQ(epochs.EpochOf(At("binlog.000001", 500, 30, 2), other).value(), 1);
}

TEST(SourceEpochs, AreKnownAgainFromTheirDescription) {
  SourceEpochs epochs({});
  LastPlace last;
  epochs.EpochOf(At("binlog.000003", 900, 20), last);
  epochs.EpochOf(At("binlog.000001", 400, 30, 2), last);
  SourceEpochs again(epochs.Describe());
  EXPECT_EQ(again.Describe(), epochs.Describe());
  LastPlace fresh;
  EXPECT_EQ(again.EpochOf(At("binlog.000001", 900, 40, 2), fresh).value(), 1);
}

TEST(SourceEpochs, RepeatsAfterARestartBeginNone) {
  SourceEpochs epochs({});
  LastPlace last;
  epochs.EpochOf(At("binlog.000003", 900, 20), last);
  SourceEpochs again(epochs.Describe());
  // As a partition that has been read before begins.
  LastPlace stored{.file_number = 3, .position = 900, .committed_at = Timestamp(0)};
  EXPECT_EQ(again.EpochOf(At("binlog.000003", 500, 15), stored).value(), 0);
  EXPECT_EQ(again.EpochOf(At("binlog.000003", 950, 21), stored).value(), 0);
  EXPECT_EQ(again.EpochOf(At("binlog.000001", 100, 30, 2), stored).value(), 1);
}

}  // namespace
}  // namespace foreset::kafka
