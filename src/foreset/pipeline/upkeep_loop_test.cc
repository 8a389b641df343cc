// SPDX-License-Identifier: MIT
#include "foreset/pipeline/upkeep_loop.h"

#include <chrono>
#include <memory>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset::pipeline {
namespace {

class UpkeepLoopTest : public testing::Test {
 protected:
  lake::UpkeepTask Objects(int count) {
    lake::UpkeepTask task{.store = store_, .snapshot = {}};
    for (int i = 0; i < count; ++i) {
      task.unneeded.push_back(fmt::format("part-{}", next_++));
      EXPECT_TRUE(memory_->Put(task.unneeded.back(), AsBytes(std::string_view("x"))));
    }
    return task;
  }
  std::size_t Left() { return memory_->List("", "")->size(); }

  SystemClock clock_;
  std::shared_ptr<MemoryStore> memory_ = std::make_shared<MemoryStore>(clock_);
  std::shared_ptr<FaultyStore> store_ = std::make_shared<FaultyStore>(memory_);
  std::stop_source stop_;
  int next_ = 0;
};

TEST_F(UpkeepLoopTest, DeletesWhatItIsTold) {
  UpkeepLoop loop(clock_, {.objects_per_second = 1'000'000}, stop_.get_token());
  loop.Submit(Objects(1000));
  loop.Submit(Objects(3));
  loop.Drain();
  EXPECT_EQ(Left(), 0U);
}

TEST_F(UpkeepLoopTest, KeepsToItsBudget) {
  UpkeepLoop loop(clock_, {.objects_per_second = 400}, stop_.get_token());
  const auto begun = clock_.Steady();
  loop.Submit(Objects(200));
  loop.Drain();
  EXPECT_EQ(Left(), 0U);
  EXPECT_GE(clock_.Steady() - begun, std::chrono::milliseconds(400));
}

TEST_F(UpkeepLoopTest, EndsAtOnceWhenItIsStopped) {
  UpkeepLoop loop(clock_, {.objects_per_second = 1}, stop_.get_token());
  loop.Submit(Objects(100));
  stop_.request_stop();
  loop.Drain();
  EXPECT_GE(Left(), 95U);
}

TEST_F(UpkeepLoopTest, ADeletionThatFailsLeavesTheRest) {
  UpkeepLoop loop(clock_, {.objects_per_second = 1'000'000, .threads = 1}, stop_.get_token());
  store_->FailStep(1, Fault::kLostBefore);
  loop.Submit(Objects(10));
  loop.Submit(Objects(10));
  loop.Drain();
  EXPECT_EQ(Left(), 10U);
}

}  // namespace
}  // namespace foreset::pipeline
