// SPDX-License-Identifier: MIT
#include "foreset/pipeline/index_memory.h"

#include <gtest/gtest.h>

namespace foreset::pipeline {
namespace {

constexpr std::uint64_t kMiB = 1UL << 20U;

TEST(IndexMemory, EveryKeyedTableOfTheKeptLayersCounts) {
  PipelineOptions options;
  const RowEstimates rows{{{"shop", "Orders"}, 1000}, {{"shop", "Items"}, 10}};
  EXPECT_EQ(EstimateIndexBytes(options, rows), 2 * 1010 * kIndexBytesPerRow);
  options.layers.silver = false;
  EXPECT_EQ(EstimateIndexBytes(options, rows), 1010 * kIndexBytesPerRow);
  options.dimensions = {{.from = "Items", .spec = {}}, {.from = "Items", .spec = {}}};
  EXPECT_EQ(EstimateIndexBytes(options, rows), 20 * kIndexBytesPerRow);
  options.layers.gold = false;
  EXPECT_EQ(EstimateIndexBytes(options, rows), 0);
}

TEST(IndexMemory, HalfOfTheLimitIsTheirs) {
  PipelineOptions options;
  options.memory_limit_bytes = 512 * kMiB;
  EXPECT_FALSE(IndexesExceed(options, 256 * kMiB));
  const auto said = IndexesExceed(options, 1000 * kMiB);
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->contains("about 1000 MiB") && said->contains("memory_limit is 512 MiB"))
      << *said;
}

}  // namespace
}  // namespace foreset::pipeline
