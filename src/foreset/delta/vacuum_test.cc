// SPDX-License-Identifier: MIT
#include "foreset/delta/vacuum.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/delta/write_testing.h"
#include "foreset/storage/open.h"

namespace foreset::delta {
namespace {

using testing::ElementsAre;

// A table on the disk, whose data file and vector file are named in some way or other.
class VacuumTest : public WriteFixture {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_);
    table_ = OpenStore(root_, {}).value();
    for (const char* path : {kData, kVector, "left.parquet"}) {
      ASSERT_TRUE(table_->Put(path, AsBytes(std::string_view("x"))));
    }
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::shared_ptr<const Snapshot> Commit(AddFile file) {
    Committer committer(table_, clock_, Ids());
    const TableDefinition table = Definition();
    auto snapshot = StateAfter(committer.Create(table.protocol, table.metadata, {}));
    Transaction transaction(snapshot, Isolation::kOwner);
    transaction.Add(std::move(file));
    return StateAfter(committer.Commit(transaction));
  }

  std::vector<std::string> Unneeded(const Snapshot& snapshot,
                                    std::chrono::hours retention = kVacuumRetention) {
    const Timestamp later(SystemClock().Now().value() + 30LL * 86'400'000'000);
    const auto found = FindUnneeded(*table_, snapshot, later, retention).value();
    std::vector<std::string> paths;
    for (const ObjectInfo& object : found) paths.push_back(object.path);
    return paths;
  }

  static constexpr char kData[] = "folder/a b.parquet";
  static constexpr char kVector[] = "vectors/v.bin";
  const std::string root_ = testing::TempDir() + "vacuum_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name() +
                            std::to_string(::getpid());
  std::shared_ptr<ObjectStore> table_;
};

TEST_F(VacuumTest, KeepsWhatIsNamedInAnySpelling) {
  const std::vector<std::string> spellings = {"",
                                              root_ + "/",
                                              "file:" + root_ + "/",
                                              "file://" + root_ + "/",
                                              root_ + "/./",
                                              "abfss://c@elsewhere.dfs.core.windows.net/t/"};
  for (const std::string& before : spellings) {
    std::filesystem::remove_all(root_ + "/_delta_log");
    AddFile file = File(before + "folder/a%20b.parquet");
    const std::string vector = (before.empty() ? root_ + "/" : before) + kVector;
    file.deletion_vector = DeletionVectorDescriptor{'p', vector, 1, 40, 1};
    EXPECT_THAT(Unneeded(*Commit(std::move(file))), ElementsAre("left.parquet")) << before;
  }
}

TEST_F(VacuumTest, KeepsWhatIsNamedThroughALink) {
  const std::string link = root_ + "_link";
  std::filesystem::create_directory_symlink(root_, link);
  AddFile file = File(link + "/folder/a%20b.parquet");
  file.deletion_vector =
      DeletionVectorDescriptor{'p', "file://" + link + "/vectors/v.bin", 1, 40, 1};
  EXPECT_THAT(Unneeded(*Commit(std::move(file))), ElementsAre("left.parquet"));
  std::filesystem::remove(link);
}

TEST_F(VacuumTest, KeepsWhatWasRemovedOfLate) {
  auto snapshot = Commit(File("folder/a%20b.parquet"));
  // The file on the disk is thirty days old, its removal one.
  const Timestamp removed(SystemClock().Now().value() + 29LL * 86'400'000'000);
  clock_.Advance(std::chrono::microseconds(removed.value() - clock_.Now().value()));
  Committer committer(table_, clock_, Ids());
  Transaction transaction(snapshot, Isolation::kOwner);
  transaction.Remove(*snapshot->FindFile("folder/a%20b.parquet"));
  snapshot = StateAfter(committer.Commit(transaction));
  EXPECT_THAT(Unneeded(*snapshot), ElementsAre("left.parquet", kVector));
  EXPECT_THAT(Unneeded(*snapshot, std::chrono::hours(12)),
              ElementsAre(kData, "left.parquet", kVector));
}

}  // namespace
}  // namespace foreset::delta
