// SPDX-License-Identifier: MIT
#include "foreset/base/bounded_queue.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(BoundedQueue, AFullQueueMakesTheProducerWaitAndNothingIsLost) {
  BoundedQueue<int> queue(10);
  std::thread producer([&] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(queue.Push(i, 4));
    queue.Close();
  });
  int expected = 0;
  while (const auto item = queue.Pop()) {
    EXPECT_EQ(*item, expected++);
    EXPECT_LE(queue.bytes(), 10U);
  }
  EXPECT_EQ(expected, 1000);
  producer.join();
}

TEST(BoundedQueue, AnItemHeavierThanTheQueueFitsWhenItIsEmpty) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.Push(7, 100));
  EXPECT_EQ(queue.Pop(), 7);
}

TEST(BoundedQueue, AnItemHeavierThanTheQueueWaitsForWhatWasPoppedLast) {
  BoundedQueue<int> queue(10);
  EXPECT_TRUE(queue.Push(1, 11));
  EXPECT_EQ(queue.Pop(), 1);
  std::atomic<bool> pushed = false;
  std::thread producer([&] {
    EXPECT_TRUE(queue.Push(2, 11));
    pushed = true;
  });
  EXPECT_EQ(queue.bytes(), 0U);
  EXPECT_FALSE(pushed);  // and cannot be before the next Pop, which waits for it
  EXPECT_EQ(queue.Pop(), 2);
  producer.join();
}

TEST(BoundedQueue, AClosedQueueTakesNothingMore) {
  BoundedQueue<int> queue(1);
  queue.Close();
  EXPECT_FALSE(queue.Push(1, 1));
  EXPECT_EQ(queue.Pop(), std::nullopt);
}

}  // namespace
}  // namespace foreset
