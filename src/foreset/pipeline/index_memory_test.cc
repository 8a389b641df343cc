// SPDX-License-Identifier: MIT
#include "foreset/pipeline/index_memory.h"

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

constexpr std::uint64_t kMiB = 1UL << 20U;

TEST(IndexMemory, EveryKeyedTableOfTheKeptLayersCounts) {
  lake::LakeLayout layout;
  const RowEstimates rows{{{"shop", "Orders"}, 1000}, {{"shop", "Items"}, 10}};
  EXPECT_EQ(EstimateIndexBytes(layout, rows), 2 * 1010 * kIndexBytesPerRow);
  layout.layers.silver = false;
  EXPECT_EQ(EstimateIndexBytes(layout, rows), 1010 * kIndexBytesPerRow);
  layout.dimensions = {{.from = "Items", .spec = {}}, {.from = "Items", .spec = {}}};
  EXPECT_EQ(EstimateIndexBytes(layout, rows), 20 * kIndexBytesPerRow);
  layout.layers.gold = false;
  EXPECT_EQ(EstimateIndexBytes(layout, rows), 0);
}

TEST(IndexMemory, HalfOfTheLimitIsTheirs) {
  EXPECT_FALSE(IndexesExceed(512 * kMiB, 256 * kMiB));
  const auto said = IndexesExceed(512 * kMiB, 1000 * kMiB);
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->contains("about 1000 MiB") && said->contains("memory_limit is 512 MiB"))
      << *said;
}

}  // namespace
}  // namespace foreset::pipeline
