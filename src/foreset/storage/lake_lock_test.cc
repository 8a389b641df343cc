// SPDX-License-Identifier: MIT
#include "foreset/storage/lake_lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace foreset {
namespace {

class LakeLockTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/lock-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    file_ = root_ + "/lake/.foreset.lock";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string root_;
  std::string file_;
};

TEST_F(LakeLockTest, IsHeldOnceAndFreeAfterwards) {
  auto lock = LakeLock::Acquire(file_);
  ASSERT_TRUE(lock);
  const auto second = LakeLock::Acquire(file_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kLakeLocked);
  EXPECT_TRUE(second.error().message.contains(std::to_string(::getpid())));
  lock->reset();
  EXPECT_TRUE(LakeLock::Acquire(file_));
}

TEST_F(LakeLockTest, AskingTellsAndTakesNothing) {
  EXPECT_EQ(LakeLock::IsHeld(file_), false);
  EXPECT_FALSE(std::filesystem::exists(file_));
  {
    const auto lock = LakeLock::Acquire(file_);
    ASSERT_TRUE(lock);
    EXPECT_EQ(LakeLock::IsHeld(file_), true);
  }
  EXPECT_EQ(LakeLock::IsHeld(file_), false);
  EXPECT_TRUE(LakeLock::Acquire(file_));
}

TEST_F(LakeLockTest, DiesWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = LakeLock::Acquire(file_);
    ::_exit(lock ? 0 : 1);  // without any clean-up
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(LakeLock::Acquire(file_));
}

}  // namespace
}  // namespace foreset
