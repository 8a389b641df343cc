// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/source_epochs.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace foreset::kafka {
namespace {

// Changes of one partition, as a connector's messages tell them.
class Partition {
 public:
  explicit Partition(SourceEpochs& epochs) : epochs_(epochs) {}

  int Change(std::uint32_t file, std::uint64_t position, std::uint64_t server,
             std::string_view gtid = "") {
    return Epoch(file, position, server, gtid, debezium::SnapshotKind::kNone);
  }
  int Snapshot(std::uint32_t file, std::uint64_t position,
               debezium::SnapshotKind kind = debezium::SnapshotKind::kInitial) {
    return Epoch(file, position, 0, "", kind);
  }
  LastPlace last;

 private:
  int Epoch(std::uint32_t file, std::uint64_t position, std::uint64_t server, std::string_view gtid,
            debezium::SnapshotKind snapshot) {
    const std::string name = fmt::format("binlog.{:06}", file);
    debezium::SourceBlock source;
    source.file = name;
    source.position = position;
    source.server_id = server;
    source.gtid = gtid;
    source.snapshot = snapshot;
    return epochs_.EpochOf(source, last).value();
  }

  SourceEpochs& epochs_;
};

TEST(SourceEpochs, WhatTheSameServerSendsAgainBeginsNone) {
  SourceEpochs epochs({});
  Partition partition(epochs);
  EXPECT_EQ(partition.Change(3, 100, 1), 0);
  EXPECT_EQ(partition.Change(3, 900, 1), 0);
  EXPECT_EQ(partition.Change(3, 100, 1), 0);
  EXPECT_EQ(partition.Change(2, 100, 1), 0);
  EXPECT_EQ(partition.Change(3, 950, 1), 0);
}

TEST(SourceEpochs, RepeatsWithGtidsBeginNone) {
  SourceEpochs epochs({});
  Partition partition(epochs);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(partition.Change(3, 100, 1, "a:7"), 0);
    EXPECT_EQ(partition.Change(3, 900, 1, "a:8"), 0);
    EXPECT_EQ(partition.Change(4, 100, 1, "a:tag:1"), 0);
  }
}

TEST(SourceEpochs, AnotherServerBeginsOne) {
  for (const bool gtids : {false, true}) {
    SourceEpochs epochs({});
    Partition partition(epochs);
    EXPECT_EQ(partition.Change(3, 900, 1, gtids ? "a:10" : ""), 0);
    EXPECT_EQ(partition.Change(1, 400, 2, gtids ? "b:1" : ""), 1);
    EXPECT_EQ(partition.Change(1, 800, 2, gtids ? "b:2" : ""), 1);
    EXPECT_EQ(partition.Change(1, 400, 2, gtids ? "b:1" : ""), 1);
    // One that had not come so far: its own log goes on, then it changes over, too.
    Partition other(epochs);
    EXPECT_EQ(other.Change(3, 100, 1, gtids ? "a:9" : ""), 0);
    EXPECT_EQ(other.Change(3, 950, 1, gtids ? "a:11" : ""), 0);
    EXPECT_EQ(other.Change(1, 500, 2, gtids ? "b:3" : ""), 1);
    // And back.
    EXPECT_EQ(partition.Change(1, 300, 1, gtids ? "a:12" : ""), 2);
  }
}

TEST(SourceEpochs, AnotherReplicaOfTheSameServerBeginsOne) {
  for (const auto& [old_gtid, new_gtid] :
       {std::pair("a:10", "a:11"), std::pair("0-1-10", "0-1-11")}) {
    SourceEpochs epochs({});
    Partition partition(epochs);
    EXPECT_EQ(partition.Change(3, 900, 1, old_gtid), 0);
    EXPECT_EQ(partition.Change(1, 400, 1, new_gtid), 1);
    EXPECT_EQ(partition.Change(1, 400, 1, new_gtid), 1);
  }
}

TEST(SourceEpochs, GtidsAloneTellWhereNoServerIsTold) {
  SourceEpochs epochs({});
  Partition partition(epochs);
  EXPECT_EQ(partition.Change(3, 800, 0, "a:9"), 0);
  EXPECT_EQ(partition.Change(3, 900, 0, "a:10"), 0);
  EXPECT_EQ(partition.Change(3, 800, 0, "a:9"), 0);
  EXPECT_EQ(partition.Change(1, 400, 0, "a:11"), 1);
  EXPECT_EQ(partition.Change(1, 300, 0, ""), 1);
}

TEST(SourceEpochs, SeveralServersInOneLogBeginNone) {
  SourceEpochs epochs({});
  Partition first(epochs);
  Partition second(epochs);
  EXPECT_EQ(first.Change(3, 100, 1, "a:1"), 0);
  EXPECT_EQ(second.Change(3, 50, 1, "a:0"), 0);
  EXPECT_EQ(second.Change(3, 90, 2, "b:1"), 0);
  EXPECT_EQ(first.Change(3, 200, 2, "b:2"), 0);
  EXPECT_EQ(first.Change(3, 300, 1, "a:2"), 0);
  EXPECT_EQ(first.Change(3, 200, 2, "b:2"), 0);
}

TEST(SourceEpochs, ASnapshotThatStandsBeforeWhatCameBeginsOne) {
  SourceEpochs epochs({});
  Partition partition(epochs);
  EXPECT_EQ(partition.Snapshot(3, 100), 0);
  EXPECT_EQ(partition.Change(3, 900, 1), 0);
  EXPECT_EQ(partition.Snapshot(3, 100), 0);  // sent again
  EXPECT_EQ(partition.Snapshot(3, 950), 0);  // taken again
  EXPECT_EQ(partition.Snapshot(3, 920, debezium::SnapshotKind::kIncremental), 0);
  EXPECT_EQ(partition.Snapshot(1, 157), 1);  // the log was reset
  EXPECT_EQ(partition.Snapshot(1, 157), 1);
  EXPECT_EQ(partition.Change(1, 400, 1), 1);
  Partition other(epochs);
  EXPECT_EQ(other.Snapshot(3, 100), 0);
  EXPECT_EQ(other.Change(3, 980, 1), 0);
  EXPECT_EQ(other.Change(1, 450, 1), 1);
}

TEST(SourceEpochs, AreKnownAgainFromTheirDescription) {
  SourceEpochs epochs({});
  Partition partition(epochs);
  partition.Snapshot(3, 100);
  partition.Change(3, 900, 1, "a:10");
  partition.Change(1, 400, 2, "b:1");
  SourceEpochs again(epochs.Describe());
  EXPECT_EQ(again.Describe(), epochs.Describe());
  Partition fresh(again);  // a schema-change topic is read from its beginning each time
  EXPECT_EQ(fresh.Snapshot(3, 100), 0);
  EXPECT_EQ(fresh.Change(3, 500, 1, "a:8"), 0);
  EXPECT_EQ(fresh.Change(3, 950, 1, "a:11"), 0);
  EXPECT_EQ(fresh.Change(1, 200, 2, "b:1"), 1);
  // As a partition that has been read before begins.
  Partition stored(again);
  stored.last = {.file_number = 1, .position = 900, .epoch = 1};
  EXPECT_EQ(stored.Change(1, 400, 2, "b:1"), 1);
  EXPECT_EQ(stored.Change(1, 950, 2, "b:2"), 1);
}

TEST(SourceEpochs, OlderDescriptionsAreRead) {
  SourceEpochs epochs({"7 since 0 until 1700000000000000"});
  Partition stored(epochs);
  stored.last = {.file_number = 3, .position = 900, .epoch = 0};
  EXPECT_EQ(stored.Change(3, 500, 7, "a:8"), 0);
  EXPECT_EQ(stored.Change(1, 100, 8, "b:1"), 1);
}

}  // namespace
}  // namespace foreset::kafka
