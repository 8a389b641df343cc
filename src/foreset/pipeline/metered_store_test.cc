// SPDX-License-Identifier: MIT
#include "foreset/pipeline/metered_store.h"

#include <gtest/gtest.h>

#include "foreset/storage/memory/memory_store.h"

namespace foreset::pipeline {
namespace {

constexpr std::string_view kCommit = "Items/_delta_log/00000000000000000007.json";

class MeteredStoreTest : public testing::Test {
 protected:
  StoreCounts::Requests Of(StoreOperation operation) const {
    return meter_->Read().requests.at(static_cast<std::size_t>(operation));
  }

  const ManualClock clock_{Timestamp(1)};
  const std::shared_ptr<StoreMeter> meter_ = std::make_shared<StoreMeter>();
  const std::shared_ptr<ObjectStore> store_ =
      Metered(std::make_shared<MemoryStore>(clock_), meter_);
};

TEST_F(MeteredStoreTest, ACommitCountsOnceAndATakenVersionIsAConflict) {
  EXPECT_EQ(store_->PutIfAbsent(kCommit, AsBytes("12345")), PutOutcome::kCreated);
  EXPECT_EQ(store_->PutIfAbsent(kCommit, AsBytes("1234567")), PutOutcome::kAlreadyExists);
  EXPECT_EQ(store_->PutIfAbsent("Items/part-1.parquet", AsBytes("123")), PutOutcome::kCreated);
  const StoreCounts counts = meter_->Read();
  EXPECT_EQ(counts.commits, 1);
  EXPECT_EQ(counts.conflicts, 1);
  EXPECT_EQ(counts.written_bytes, 8);
  EXPECT_EQ(Of(StoreOperation::kWrite).count, 3);
}

TEST_F(MeteredStoreTest, StreamedBytesCountWhenTheObjectIsThere) {
  {
    auto dropped = store_->Create("dropped");
    ASSERT_TRUE(dropped && (*dropped)->Write(AsBytes("12")));
  }
  auto kept = store_->Create("kept");
  ASSERT_TRUE(kept && (*kept)->Write(AsBytes("123")));
  EXPECT_EQ(meter_->Read().written_bytes, 0);
  ASSERT_TRUE((*kept)->Finish());
  EXPECT_EQ(meter_->Read().written_bytes, 3);
  EXPECT_EQ(Of(StoreOperation::kWrite).count, 2);
}

TEST_F(MeteredStoreTest, ReadsCountTheirBytesAndWhatIsMissingIsNoFailure) {
  ASSERT_TRUE(store_->Put("a", AsBytes("12345")));
  EXPECT_TRUE(store_->Read("a"));
  EXPECT_TRUE(store_->ReadRange("a", 1, 2));
  EXPECT_FALSE(store_->Read("b"));
  EXPECT_FALSE(store_->ReadRange("a", 4, 9));
  EXPECT_TRUE(store_->List("", ""));
  EXPECT_TRUE(store_->Delete("a"));
  EXPECT_EQ(meter_->Read().read_bytes, 7);
  EXPECT_EQ(Of(StoreOperation::kRead).count, 4);
  EXPECT_EQ(Of(StoreOperation::kRead).failures, 1);
  EXPECT_EQ(Of(StoreOperation::kList).count, 1);
  EXPECT_EQ(Of(StoreOperation::kDelete).count, 1);
}

}  // namespace
}  // namespace foreset::pipeline
