// SPDX-License-Identifier: MIT
#include "foreset/storage/memory/faulty_store.h"

#include <gtest/gtest.h>

#include "foreset/storage/memory/memory_store.h"

namespace foreset {
namespace {

class FaultyStoreTest : public testing::Test {
 protected:
  SystemClock clock_;
  FaultyStore store_{std::make_shared<MemoryStore>(clock_)};
};

TEST_F(FaultyStoreTest, ALostReplyLeavesTheObject) {
  store_.FailStep(2, Fault::kLostAfter);
  ASSERT_TRUE(store_.Put("a", AsBytes("1")));
  EXPECT_EQ(store_.PutIfAbsent("b", AsBytes("2")).error().kind, ErrorKind::kCommitUnknown);
  EXPECT_EQ(store_.Read("b").value(), "2");
  EXPECT_EQ(store_.steps(), 2);
}

TEST_F(FaultyStoreTest, ALostRequestLeavesNothing) {
  store_.FailStep(1, Fault::kLostBefore);
  EXPECT_EQ(store_.PutIfAbsent("b", AsBytes("2")).error().kind, ErrorKind::kTransient);
  EXPECT_EQ(store_.Read("b").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(store_.PutIfAbsent("b", AsBytes("2")));
}

TEST_F(FaultyStoreTest, OneCallFailsAndTheNextDoesNot) {
  ASSERT_TRUE(store_.Put("a", AsBytes("1")));
  store_.FailCall(2);
  EXPECT_EQ(store_.Read("a").value(), "1");
  EXPECT_EQ(store_.Create("b").error().kind, ErrorKind::kTransient);
  EXPECT_TRUE(store_.Create("b"));
  EXPECT_EQ(store_.calls(), 4);
}

TEST_F(FaultyStoreTest, AfterACrashEverythingFailsUntilRecovery) {
  auto writer = store_.Create("a").value();
  store_.FailStep(1, Fault::kCrashAfter);
  EXPECT_FALSE(writer->Finish());
  EXPECT_TRUE(store_.crashed());
  EXPECT_FALSE(store_.Read("a"));
  EXPECT_FALSE(store_.Put("b", {}));
  store_.Recover();
  EXPECT_TRUE(store_.Read("a"));
  EXPECT_FALSE(store_.Read("b"));
}

}  // namespace
}  // namespace foreset
