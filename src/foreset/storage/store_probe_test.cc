// SPDX-License-Identifier: MIT
#include "foreset/storage/store_probe.h"

#include <memory>

#include <gtest/gtest.h>

#include "foreset/storage/memory/faulty_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset {
namespace {

TEST(StoreProbeTest, AGoodStorePassesAndIsEmptyAfterwards) {
  const SystemClock clock;
  MemoryStore store(clock);
  EXPECT_TRUE(ProbeStore(store, "probe"));
  EXPECT_TRUE(store.List("", "")->empty());
}

TEST(StoreProbeTest, AFailureNamesItsStepAndLeavesNothing) {
  const SystemClock clock;
  const auto inner = std::make_shared<MemoryStore>(clock);
  FaultyStore store(inner);
  store.FailStep(2, Fault::kLostBefore);
  const Status tried = ProbeStore(store, "probe");
  ASSERT_FALSE(tried);
  EXPECT_TRUE(tried.error().message.starts_with("creating it again"));
  EXPECT_TRUE(inner->List("", "")->empty());
}

}  // namespace
}  // namespace foreset
