// SPDX-License-Identifier: MIT
#include "foreset/lake/upkeep.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/delta/log_files.h"
#include "foreset/lake/lake_testing.h"
#include "foreset/lake/parquet_layout.h"

namespace foreset::lake {
namespace {

using std::chrono::seconds;

// Does what it is told at once; or forgets it, as a crash would.
class Keeper final : public UpkeepQueue {
 public:
  Keeper(const Clock& clock, seconds kept) : clock_(clock), kept_(kept) {}

  void Submit(UpkeepTask task) override {
    const auto written = task.store->Stat(delta::ClassicCheckpointPath(task.snapshot->version()));
    checkpoint_bytes += static_cast<std::int64_t>(written.value().size_bytes);
    if (forgets) return;
    for (const std::string& path : task.unneeded) EXPECT_TRUE(task.store->Delete(path));
    if (!task.log && !task.orphans) return;
    const auto found = LookForUnneeded(task, kept_, clock_.Now());
    ASSERT_TRUE(IsOk(found));
    for (const std::string& path : *found) EXPECT_TRUE(task.store->Delete(path));
  }

  bool forgets = false;
  std::int64_t checkpoint_bytes = 0;  // written

 private:
  const Clock& clock_;
  const seconds kept_;
};

constexpr seconds kKept{300};

struct Mode {
  const char* name;
  UpsertMode upsert;
  TableFormat format;
};

// A table of few keys that gets a commit a second, week after week.
class Upkeep : public LakeFixture, public testing::WithParamInterface<Mode> {
 protected:
  void SetUp() override {
    options_ = Options(GetParam().upsert);
    options_.format = GetParam().format;
    options_.replaced_kept = kKept;
    options_.checkpoint_every = 5;
    options_.kept = kKept;
    options_.upkeep = keeper_;
    silver_ = SilverTable::Create(Place(), options_, *schema_).value();
  }

  std::shared_ptr<ObjectStore> Place() {
    const auto folder = Folder("silver");
    return GetParam().format == TableFormat::kParquet ? ParquetLayout(folder) : folder;
  }

  // One commit a second, of a change each.
  void Follow(int commits) {
    for (int i = 0; i < commits; ++i) {
      clock_.Advance(seconds(1));
      ShopChanges changes(schema_, next_);
      const int id = static_cast<int>(next_ * 7 % kKeys);
      const ShopRow row{id, "n", static_cast<int>(next_)};
      const auto old = rows_.find(id);
      if (old == rows_.end()) {
        changes.Insert(row);
      } else {
        changes.Update(old->second, row);
      }
      rows_.insert_or_assign(id, row);
      next_ = changes.next();
      ASSERT_TRUE(IsOk(silver_->Stage(*changes.Build())));
      ASSERT_TRUE(IsOk(
          silver_->Commit(BatchNumber(static_cast<std::int64_t>(++batch_)), PositionOf(next_))));
      ASSERT_TRUE(IsOk(silver_->Maintain(policy_)));
    }
  }

  struct Sizes {
    std::int64_t log_files = 0;
    std::int64_t data_files = 0;
    std::int64_t checkpoint_bytes = 0;  // written since the last time
  };
  Sizes Measure() {
    Sizes sizes;
    const auto store = Place();
    const auto objects = store->List("", "").value();
    for (const ObjectInfo& object : objects) {
      ++(object.path.starts_with("_delta_log/") ? sizes.log_files : sizes.data_files);
    }
    sizes.checkpoint_bytes = std::exchange(keeper_->checkpoint_bytes, 0);
    return sizes;
  }
  // Looks are far apart, so that sizes go up and down: their means while a retention passes.
  Sizes OfARetention() {
    constexpr int kSamples = 20;
    Sizes sum;
    for (int i = 0; i < kSamples; ++i) {
      Follow(static_cast<int>(kKept.count()) / kSamples);
      const Sizes now = Measure();
      sum.log_files += now.log_files;
      sum.data_files += now.data_files;
      sum.checkpoint_bytes += now.checkpoint_bytes;
    }
    return sum;
  }
  static void ExpectNear(std::int64_t a, std::int64_t b, const char* what) {
    EXPECT_LE(std::abs(a - b) * 10, std::max(a, b)) << what << ": " << a << " and " << b;
  }
  void ExpectRows() {
    std::vector<std::string> wanted;
    for (const auto& [id, row] : rows_) {
      wanted.push_back(std::to_string(row.id) + "|n|" + std::to_string(row.qty));
    }
    std::ranges::sort(wanted);
    std::vector<std::string> found = Rows(silver_->table());
    for (std::string& row : found) row.resize(row.find('|', row.find("|n|") + 3));
    EXPECT_EQ(found, wanted);
  }

  static constexpr int kKeys = 50;
  LakeOptions options_;
  CompactionPolicy policy_;
  std::shared_ptr<Keeper> keeper_ = std::make_shared<Keeper>(clock_, kKept);
  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  std::unique_ptr<SilverTable> silver_;
  std::map<int, ShopRow> rows_;
  std::uint64_t next_ = 1;
  std::uint64_t batch_ = 0;
};

TEST_P(Upkeep, TheThirdRetentionIsAsLargeAsTheSecond) {
  OfARetention();
  const Sizes second = OfARetention();
  const Sizes third = OfARetention();
  const Sizes fourth = OfARetention();
  for (const Sizes& later : {third, fourth}) {
    ExpectNear(second.log_files, later.log_files, "files of the log");
    ExpectNear(second.data_files, later.data_files, "other files");
    ExpectNear(second.checkpoint_bytes, later.checkpoint_bytes, "bytes of checkpoints");
  }
  ExpectRows();
}

TEST_P(Upkeep, EveryVersionOfTheRetentionCanBeRead) {
  Follow(800);
  const auto store = Place();
  const auto latest = delta::Snapshot::Load(store).value();
  const std::int64_t version = latest->version().value();
  std::int64_t oldest = version;
  for (std::int64_t back = 0; back <= version; back += 20) {
    const auto snapshot = delta::Snapshot::Load(store, delta::Version(version - back));
    if (!snapshot) break;
    const Timestamp then((*snapshot)->timestamp_ms() * 1000);
    if (clock_.Now().value() - then.value() > std::chrono::microseconds(kKept).count()) break;
    std::int64_t rows = 0;
    const Status scanned =
        delta::ScanTable(*store, **snapshot, {}, [&](const auto& batch) -> Status {
          rows += batch.batch->num_rows();
          return {};
        });
    ASSERT_TRUE(IsOk(scanned));
    EXPECT_EQ(rows, kKeys) << "version " << version - back;
    oldest = version - back;
  }
  EXPECT_LE(oldest, version - 280);
}

// Whatever is forgotten is found again, and what is needed is never taken for it.
TEST_P(Upkeep, WhatACrashForgetsIsFoundAgain) {
  Follow(400);
  keeper_->forgets = true;
  Follow(400);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_->Put("silver/part-left-" + std::to_string(i) + ".parquet",
                            AsBytes(std::string_view("x"))));
  }
  keeper_->forgets = false;
  silver_ = SilverTable::Open(Place(), "Shop", options_).value();
  clock_.Advance(std::chrono::hours(24 * 8));
  Follow(1200);
  const Sizes sizes = Measure();
  EXPECT_LT(sizes.log_files, 500);
  EXPECT_FALSE(store_->Stat("silver/part-left-0.parquet"));
  ExpectRows();
}

TEST_P(Upkeep, AChangedRetentionIsSaidByTheNextCommit) {
  Follow(1);
  const auto said = [&] {
    return silver_->table().snapshot()->Property("delta.logRetentionDuration", "") + ", " +
           silver_->table().snapshot()->Property("delta.deletedFileRetentionDuration", "");
  };
  EXPECT_EQ(said(), "interval 300 seconds, interval 300 seconds");
  options_.kept = seconds(7200);
  silver_ = SilverTable::Open(Place(), "Shop", options_).value();
  Follow(1);
  EXPECT_EQ(said(), "interval 7200 seconds, interval 7200 seconds");
  options_.kept.reset();
  silver_ = SilverTable::Open(Place(), "Shop", options_).value();
  Follow(1);
  EXPECT_EQ(said(), "interval 7200 seconds, interval 7200 seconds");
  ExpectRows();
}

INSTANTIATE_TEST_SUITE_P(
    Modes, Upkeep,
    testing::Values(Mode{"Vectors", UpsertMode::kDeletionVectors, TableFormat::kDelta},
                    Mode{"Parquet", UpsertMode::kRewrite, TableFormat::kParquet}),
    [](const auto& mode) { return std::string(mode.param.name); });

}  // namespace
}  // namespace foreset::lake
