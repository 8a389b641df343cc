// SPDX-License-Identifier: MIT
#include "foreset/storage/local/local_store.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/storage/local/local_files.h"
#include "foreset/storage/local/temporary_name.h"

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

TEST_F(LocalStoreTest, LeftoversOfDeadProcessesAreRemoved) {
  LocalStore store(root_);
  ASSERT_TRUE(store.Put("a/b", AsBytes("1")));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const std::string of_dead = TemporaryPath(root_ + "/a", child, 7);
  const std::string of_living = TemporaryPath(root_ + "/a", ::getppid(), 7);
  for (const std::string& path : {of_dead, of_living, root_ + "/a/.hidden.tmp"}) {
    std::ofstream(path) << "torn";
  }
  EXPECT_EQ(RemoveAbandonedFiles(root_), 1U);
  EXPECT_FALSE(std::filesystem::exists(of_dead));
  EXPECT_TRUE(std::filesystem::exists(of_living));
  EXPECT_EQ(store.Read("a/b").value(), "1");
}

TEST_F(LocalStoreTest, FoldersAreForTheirUserUnlessTheRootIsNot) {
  namespace fs = std::filesystem;
  const auto rights = [](const std::string& path) { return fs::status(path).permissions(); };
  LocalStore own(root_ + "/above/lake");
  ASSERT_TRUE(own.Put("t/a", AsBytes("1")));
  for (const char* path : {"/above", "/above/lake", "/above/lake/t"}) {
    EXPECT_EQ(rights(root_ + path), fs::perms::owner_all) << path;
  }
  const auto shared = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec;
  fs::create_directory(root_ + "/shared");
  fs::permissions(root_ + "/shared", shared);
  LocalStore given(root_ + "/shared");
  ASSERT_TRUE(given.Put("t/u/a", AsBytes("1")));
  EXPECT_EQ(rights(root_ + "/shared/t"), shared);
  EXPECT_EQ(rights(root_ + "/shared/t/u"), shared);
}

TEST_F(LocalStoreTest, AFileWhereAFolderShouldBeIsSaidSo) {
  LocalStore store(root_);
  ASSERT_TRUE(store.Put("a", AsBytes("1")));
  EXPECT_EQ(store.Put("a/b", AsBytes("1")).error().code, ErrorCode::kStoragePathInvalid);
  EXPECT_TRUE(store.List("a/", "")->empty());
}

TEST_F(LocalStoreTest, WhereNoFolderCanBeMadeThatIsAnError) {
  LocalStore store("/proc/foreset/lake");
  const Status put = store.Put("a/b", AsBytes("1"));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, ErrorCode::kStoragePathInvalid) << put.error().message;
}

TEST_F(LocalStoreTest, FoldersInWhichNothingIsAreRemoved) {
  namespace fs = std::filesystem;
  fs::create_directories(root_ + "/old/a/b/c");
  fs::create_directories(root_ + "/old/d/e");
  std::ofstream(root_ + "/old/d/file") << "1";
  ASSERT_TRUE(RemoveEmptyDirectories(root_ + "/old"));
  EXPECT_FALSE(fs::exists(root_ + "/old/a"));
  EXPECT_FALSE(fs::exists(root_ + "/old/d/e"));
  EXPECT_TRUE(fs::exists(root_ + "/old/d/file"));
  fs::remove(root_ + "/old/d/file");
  ASSERT_TRUE(RemoveEmptyDirectories(root_ + "/old"));
  EXPECT_FALSE(fs::exists(root_ + "/old"));
  EXPECT_TRUE(RemoveEmptyDirectories(root_ + "/old"));
}

}  // namespace
}  // namespace foreset
