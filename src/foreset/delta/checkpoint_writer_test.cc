// SPDX-License-Identifier: MIT
#include "foreset/delta/checkpoint_writer.h"

#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/write_testing.h"

namespace foreset::delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class CheckpointWriterTest : public WriteFixture {
 protected:
  void SetUp() override {
    auto snapshot = Create();
    for (int i = 0; i < 12; ++i) {
      Transaction transaction(snapshot, Isolation::kOwner);
      AddFile file = File(fmt::format("f%20{}", i));
      file.tags = Tags{{"k", "v"}, {"none", std::nullopt}};
      file.partition_values = {{"p", std::nullopt}};
      transaction.Add(file);
      if (i == 5) transaction.Remove(*snapshot->FindFile("f%200"));
      if (i == 6) {
        transaction.ReplaceDeletionVector(*snapshot->FindFile("f%201"),
                                          {'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 6});
      }
      transaction.SetProgress({.app_id = "app", .version = i, .last_updated_ms = 5});
      transaction.SetDomain("foreset.progress", fmt::format("{{\"at\":{}}}", i));
      clock_.Advance(std::chrono::hours(1));
      snapshot = StateAfter(committer_.Commit(transaction));
    }
    latest_ = snapshot;
  }

  template <typename View>
  static auto Copy(const View& view) {
    std::vector<std::decay_t<decltype(*view.begin())>> values(view.begin(), view.end());
    for (auto& value : values) value.data_change = false;  // not kept by checkpoints
    return values;
  }
  static std::vector<RemoveFile> Removed(const Snapshot& snapshot) {
    std::vector<RemoveFile> removed;
    for (auto& [key, file] : Tombstones(snapshot)) removed.push_back(file);
    return Copy(removed);
  }
  static void ExpectSame(const Snapshot& a, const Snapshot& b) {
    EXPECT_EQ(a.version(), b.version());
    EXPECT_EQ(a.protocol(), b.protocol());
    EXPECT_EQ(a.metadata(), b.metadata());
    EXPECT_EQ(Copy(a.files()), Copy(b.files()));
    EXPECT_EQ(Removed(a), Removed(b));
    EXPECT_EQ(a.transactions(), b.transactions());
    EXPECT_EQ(a.domains(), b.domains());
    EXPECT_EQ(a.timestamp_ms(), b.timestamp_ms());
  }
  void DropCommits(int before) {
    for (int v = 0; v < before; ++v) ASSERT_TRUE(memory_->Delete(CommitPath(Version(v))));
  }

  static DeletionVector OneRow() {
    DeletionVector vector;
    vector.Add(3);
    return vector;
  }

  const DeletionVector one_ = OneRow();
  std::shared_ptr<const Snapshot> latest_;
};

TEST_F(CheckpointWriterTest, HoldsTheWholeState) {
  ASSERT_TRUE(WriteCheckpoint(*store_, *latest_, clock_.Now()));
  EXPECT_EQ(memory_->Read(kLastCheckpointPath)->substr(0, 24), R"({"version":12,"size":17,)");
  DropCommits(12);
  ExpectSame(*Load(), *latest_);
  EXPECT_EQ(Load()->files().size(), 11U);
  EXPECT_EQ(Tombstones(*Load()).size(), 2U);
}

TEST_F(CheckpointWriterTest, OldTombstonesAreLeftOut) {
  ASSERT_TRUE(
      WriteCheckpoint(*store_, *latest_, Timestamp(clock_.Now().value() + 8 * 86'400'000'000)));
  DropCommits(12);
  EXPECT_EQ(Tombstones(*Load()).size(), 0U);
  EXPECT_EQ(Load()->files().size(), 11U);
}

TEST_F(CheckpointWriterTest, NamesWhatOnlyTombstonesNamedThatItLeavesOut) {
  const auto written = [&](std::chrono::hours later) {
    EXPECT_TRUE(memory_->Delete(ClassicCheckpointPath(latest_->version())));
    const Timestamp then(clock_.Now().value() + std::chrono::microseconds(later).count());
    return WriteCheckpoint(*store_, *latest_, then)->unneeded;
  };
  EXPECT_THAT(written(std::chrono::hours(0)), IsEmpty());
  // "f 1" got a vector: its file is still a live one.
  EXPECT_THAT(written(std::chrono::hours(24 * 8)), ElementsAre("f 0"));
  EXPECT_TRUE(Tombstones(*Load()).empty());
}

// A vector's file goes with the last vector in it, and not before.
TEST_F(CheckpointWriterTest, NeedsAFileOfVectorsAsLongAsOneOfThemIsKept) {
  const auto vectors = WriteDeletionVectors(*memory_, {&one_, &one_}, Ids()()).value();
  const auto replace = [&](const char* path, const DeletionVectorDescriptor& vector) {
    Transaction transaction(latest_, Isolation::kOwner);
    transaction.ReplaceDeletionVector(*latest_->FindFile(path), vector);
    latest_ = StateAfter(committer_.Commit(transaction));
  };
  const auto unneeded = [&](std::chrono::hours later) {
    clock_.Advance(later);
    auto written = WriteCheckpoint(*memory_, *latest_, clock_.Now()).value();
    latest_ = latest_->ReadFrom(written.files);
    return written.unneeded;
  };
  const DeletionVectorDescriptor other{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 7};
  replace("f%202", vectors[0]);
  replace("f%203", vectors[1]);
  replace("f%202", other);
  EXPECT_THAT(unneeded(std::chrono::hours(24 * 8)), ElementsAre("f 0"));
  replace("f%203", other);
  EXPECT_THAT(unneeded(std::chrono::hours(1)), IsEmpty());
  replace("f%204", other);
  EXPECT_THAT(unneeded(std::chrono::hours(24 * 8)),
              ElementsAre(DeletionVectorFile(vectors[0]).value().value()));
}

// Whatever was added, removed, added again and removed again, in checkpoints or commits.
TEST_F(CheckpointWriterTest, TombstonesAreThoseOfTheWholeLog) {
  std::mt19937 random(7);
  std::set<std::string> live;
  std::set<std::string> dead;
  for (const AddFile& file : latest_->files()) live.insert(file.path);
  const auto before = Tombstones(*latest_).size();
  for (int step = 0; step < 300; ++step) {
    Transaction transaction(latest_, Isolation::kOwner);
    const std::string path = fmt::format("r{}", random() % 12);
    if (live.contains(path)) {
      transaction.Remove(*latest_->FindFile(path));
      live.erase(path);
      dead.insert(path);
    } else {
      transaction.Add(File(path));
      live.insert(path);
      dead.erase(path);
    }
    latest_ = StateAfter(committer_.Commit(transaction));
    if (random() % 9 == 0) {
      const auto written = WriteCheckpoint(*memory_, *latest_, clock_.Now()).value();
      if (random() % 2 == 0) latest_ = latest_->ReadFrom(written.files);
    }
    if (random() % 13 == 0) latest_ = Load();
    ASSERT_EQ(Tombstones(*latest_).size(), before + dead.size()) << step;
    ASSERT_EQ(Removed(*latest_), Removed(*Load())) << step;
  }
}

TEST_F(CheckpointWriterTest, TombstonesAreReadAfterTheirCheckpointWasCleanedUp) {
  const auto first = WriteCheckpoint(*memory_, *latest_, clock_.Now()).value();
  latest_ = latest_->ReadFrom(first.files);
  const auto removed = Removed(*latest_);
  Transaction transaction(latest_, Isolation::kOwner);
  transaction.Add(File("one more"));
  latest_ = StateAfter(committer_.Commit(transaction));
  ASSERT_TRUE(WriteCheckpoint(*memory_, *latest_, clock_.Now()));
  ASSERT_TRUE(memory_->Delete(first.files.paths.front()));
  DropCommits(12);
  EXPECT_EQ(Removed(*latest_), removed);
}

TEST_F(CheckpointWriterTest, IsDueEveryTenthVersionUnlessTheTableSaysOtherwise) {
  EXPECT_FALSE(IsCheckpointDue(*latest_));
  EXPECT_TRUE(IsCheckpointDue(*Snapshot::Load(memory_, Version(10)).value()));
  EXPECT_FALSE(IsCheckpointDue(*Snapshot::Load(memory_, Version(0)).value()));
  Transaction transaction(latest_, Isolation::kOwner);
  Metadata metadata = latest_->metadata();
  metadata.configuration["delta.checkpointInterval"] = "13";
  transaction.SetMetadata(metadata);
  EXPECT_TRUE(IsCheckpointDue(*StateAfter(committer_.Commit(transaction))));
}

TEST_F(CheckpointWriterTest, TheHintNeverGoesBack) {
  ASSERT_TRUE(WriteCheckpoint(*store_, *latest_, clock_.Now()));
  const std::string hint = memory_->Read(kLastCheckpointPath).value();
  const auto older = Snapshot::Load(memory_, Version(5)).value();
  ASSERT_TRUE(WriteCheckpoint(*store_, *older, clock_.Now()));
  EXPECT_EQ(memory_->Read(kLastCheckpointPath).value(), hint);
  ExpectSame(*Snapshot::Load(memory_, Version(5)).value(), *older);
}

TEST_F(CheckpointWriterTest, ATornHintIsHarmless) {
  ASSERT_TRUE(WriteCheckpoint(*store_, *latest_, clock_.Now()));
  for (const char* torn : {"", "{\"vers", "{\"version\":99}", "{\"version\":-1}"}) {
    ASSERT_TRUE(memory_->Put(kLastCheckpointPath, AsBytes(torn)));
    ExpectSame(*Load(), *latest_);
  }
}

TEST_F(CheckpointWriterTest, ACrashAtAnyStepLeavesTheTableReadable) {
  for (const Fault fault : {Fault::kCrashBefore, Fault::kCrashAfter}) {
    for (int step = 1; step <= 2; ++step) {
      store_->FailStep(step, fault);
      EXPECT_FALSE(WriteCheckpoint(*store_, *latest_, clock_.Now()));
      store_->Recover();
      ExpectSame(*Load(), *latest_);
      ASSERT_TRUE(memory_->Delete(ClassicCheckpointPath(latest_->version())));
      ASSERT_TRUE(memory_->Delete(kLastCheckpointPath));
    }
  }
}

}  // namespace
}  // namespace foreset::delta
