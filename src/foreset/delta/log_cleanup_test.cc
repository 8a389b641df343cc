// SPDX-License-Identifier: MIT
#include "foreset/delta/log_cleanup.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/delta/checkpoint_writer.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/write_testing.h"

namespace foreset::delta {
namespace {

using std::chrono::minutes;

class LogCleanupTest : public WriteFixture {
 protected:
  // One commit a minute, a checkpoint each `every`.
  void Fill(int commits, int every) {
    snapshot_ = Create();
    for (int i = 1; i <= commits; ++i) {
      clock_.Advance(minutes(1));
      Transaction transaction(snapshot_, Isolation::kOwner);
      transaction.Add(File(fmt::format("f{}", i)));
      snapshot_ = StateAfter(committer_.Commit(transaction));
      if (i % every != 0) continue;
      ASSERT_TRUE(WriteCheckpoint(*memory_, *snapshot_, clock_.Now()));
    }
  }
  std::vector<std::string> Old(minutes kept) {
    return FindOldLogFiles(*memory_, clock_.Now(), kept).value();
  }
  void Delete(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) ASSERT_TRUE(memory_->Delete(path));
  }
  std::size_t LogFiles() { return memory_->List(kLogFolder, "")->size(); }

  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_F(LogCleanupTest, NothingGoesWithoutACheckpointThatIsOldEnough) {
  Fill(30, 100);
  EXPECT_TRUE(Old(minutes(1)).empty());
  ASSERT_TRUE(WriteCheckpoint(*memory_, *snapshot_, clock_.Now()));
  clock_.Advance(minutes(5));
  EXPECT_TRUE(Old(minutes(6)).empty());
  EXPECT_EQ(Old(minutes(5)).size(), 30U);  // versions 0 to 29
}

// Every version that was the latest at some time within the retention can be read as before.
TEST_F(LogCleanupTest, EveryVersionOfTheRetentionStaysReadable) {
  Fill(95, 10);
  for (const int kept : {90, 60, 42, 17, 3, 0}) {
    Delete(Old(minutes(kept)));
    for (int version = 95 - kept; version <= 95; ++version) {
      const auto snapshot = Snapshot::Load(memory_, Version(version));
      ASSERT_TRUE(snapshot) << kept << " " << version << " " << snapshot.error().ToString();
      EXPECT_EQ((*snapshot)->files().size(), static_cast<std::size_t>(version));
    }
    EXPECT_EQ(Load()->version(), Version(95));
  }
  EXPECT_EQ(LogFiles(), 1U + 6U + 1U);  // the checkpoint of 90, the commits from there, the hint
}

// However far a deletion came before a crash, and in whatever order.
TEST_F(LogCleanupTest, DeletingAPartLeavesTheLatestVersionAndLooksFindTheRest) {
  Fill(57, 10);
  const std::vector<std::string> old = Old(minutes(5));
  ASSERT_GT(old.size(), 50U);
  for (const bool backwards : {false, true}) {
    auto some = Old(minutes(5));
    if (backwards) std::ranges::reverse(some);
    some.resize(some.size() / 2);
    Delete(some);
    EXPECT_EQ(Load()->files().size(), 57U);
    EXPECT_TRUE(Snapshot::Load(memory_, Version(52)));
  }
  Delete(Old(minutes(5)));
  EXPECT_TRUE(Old(minutes(5)).empty());
}

TEST_F(LogCleanupTest, CheckpointsThinOutWithinTheRetention) {
  Fill(3200, 50);
  EXPECT_TRUE(Old(minutes(10'000)).empty()) << "nothing is known to be spare";
  Delete(Old(minutes(3150)));
  const auto log = memory_->List(kLogFolder, "").value();
  const auto checkpoints = std::ranges::count_if(
      log, [](const ObjectInfo& object) { return object.path.contains(".checkpoint."); });
  // Of 64: the first, the newest ten, and those that are 200 minutes apart.
  EXPECT_EQ(checkpoints, 1 + 13 + 10);
  for (const int version : {100, 999, 1000, 1499, 2049, 3199}) {
    EXPECT_TRUE(Snapshot::Load(memory_, Version(version))) << version;
  }
}

TEST_F(LogCleanupTest, AnIncompleteCheckpointIsNone) {
  Fill(30, 100);
  ASSERT_TRUE(memory_->Put(LogFilePrefix(Version(20)) + ".checkpoint.0000000001.0000000002.parquet",
                           AsBytes(std::string_view("x"))));
  EXPECT_TRUE(Old(minutes(0)).empty());
}

}  // namespace
}  // namespace foreset::delta
