// SPDX-License-Identifier: MIT
#include "foreset/pipeline/status.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

const TableId kItems{"shop", "Items"};

TEST(StatusBoardTest, WhatWasReadStaysAsItWas) {
  StatusBoard board;
  board.ChangeTable(kItems, [](TableStatus& table) { table.changes = 1; });
  const auto before = board.Read();
  board.ChangeTable(kItems, [](TableStatus& table) { table.changes = 2; });
  EXPECT_EQ(before->tables.at(kItems).changes, 1);
  EXPECT_EQ(board.Read()->tables.at(kItems).changes, 2);
}

TEST(StatusBoardTest, ReadersShareOneValueUntilTheNextChange) {
  StatusBoard board;
  EXPECT_EQ(board.Read(), board.Read());
  const auto before = board.Read();
  EXPECT_FALSE(board.Ask([](const PipelineStatus& status) { return status.following; }));
  EXPECT_EQ(board.Read(), before);
  board.Change([](PipelineStatus& status) { status.following = true; });
  EXPECT_NE(board.Read(), before);
  EXPECT_TRUE(board.Ask([](const PipelineStatus& status) { return status.following; }));
}

// Two that change it and one that reads: nothing is lost, and nothing half done is seen.
TEST(StatusBoardTest, EveryChangeArrives) {
  constexpr int kChanges = 2000;
  StatusBoard board;
  const auto change = [&board] {
    for (int i = 0; i < kChanges; ++i) {
      board.Change([](PipelineStatus& status) {
        ++status.changes;
        ++status.tables[kItems].changes;
      });
    }
  };
  std::vector<std::jthread> threads;
  threads.emplace_back(change);
  threads.emplace_back(change);
  for (auto status = board.Read(); status->changes < 2 * kChanges; status = board.Read()) {
    if (status->changes == 0) continue;
    ASSERT_EQ(status->tables.at(kItems).changes, status->changes);
  }
}

}  // namespace
}  // namespace foreset::pipeline
