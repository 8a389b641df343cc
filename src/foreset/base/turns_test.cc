// SPDX-License-Identifier: MIT
#include "foreset/base/turns.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(Turns, OneThreadAtATimeWorksOnMuch) {
  Turns turns(100);
  std::atomic<int> at_work = 0;
  std::atomic<int> most = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 500; ++k) {
        const auto turn = turns.Take(100);
        most = std::max<int>(most, ++at_work);
        --at_work;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(most, 1);
}

TEST(Turns, LittleNeverWaits) {
  Turns turns(100);
  const auto turn = turns.Take(1000);
  const auto little = turns.Take(99);
  const auto more = turns.Take(0);
}

TEST(Turns, ATurnThatWasMovedEndsOnce) {
  Turns turns(1);
  {
    auto turn = turns.Take(1);
    const auto moved = std::move(turn);
  }
  const auto next = turns.Take(1);
}

}  // namespace
}  // namespace foreset
