// SPDX-License-Identifier: MIT
#include "foreset/storage/local/local_store.h"

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace foreset {
namespace {

class LocalStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/local-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  int FilesOnDisk() const {
    int count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  std::string root_;
};

TEST_F(LocalStoreTest, PathsCannotLeaveTheRoot) {
  LocalStore store(root_);
  for (const char* path : {"", "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/"}) {
    EXPECT_EQ(store.Read(path).error().code, ErrorCode::kStoragePathInvalid) << path;
    EXPECT_EQ(store.Put(path, {}).error().code, ErrorCode::kStoragePathInvalid) << path;
  }
}

TEST_F(LocalStoreTest, RacingCreatorsHaveOneWinnerEach) {
  constexpr int kThreads = 8;
  constexpr int kVersions = 50;
  LocalStore store(root_);
  std::atomic<int> wins = 0;
  std::atomic<int> losses = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      LocalStore own(root_);  // as another process would have
      for (int v = 0; v < kVersions; ++v) {
        const auto outcome =
            own.PutIfAbsent(fmt::format("_delta_log/{:020}.json", v), AsBytes(std::to_string(t)));
        ASSERT_TRUE(outcome) << outcome.error().ToString();
        (*outcome == PutOutcome::kCreated ? wins : losses)++;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wins, kVersions);
  EXPECT_EQ(losses, kVersions * (kThreads - 1));
  EXPECT_EQ(FilesOnDisk(), kVersions);
}

TEST_F(LocalStoreTest, LeftoversOfACrashAreInvisibleAndHarmless) {
  LocalStore store(root_);
  for (int number = 0; number < 100; ++number) {
    std::ofstream(fmt::format("{}/.foreset-{}-{}.tmp", root_, ::getpid(), number)) << "torn";
  }
  ASSERT_TRUE(store.Put("a", AsBytes("1")));
  EXPECT_EQ(store.List("", "")->size(), 1U);
  EXPECT_EQ(store.Read("a").value(), "1");
}

TEST_F(LocalStoreTest, AFileWhereAFolderShouldBeIsSaidSo) {
  LocalStore store(root_);
  ASSERT_TRUE(store.Put("a", AsBytes("1")));
  EXPECT_EQ(store.Put("a/b", AsBytes("1")).error().code, ErrorCode::kStoragePathInvalid);
  EXPECT_TRUE(store.List("a/", "")->empty());
}

}  // namespace
}  // namespace foreset
