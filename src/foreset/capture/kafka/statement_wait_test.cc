// SPDX-License-Identifier: MIT
// Faults of StatementWait that these tests catch: a statement that is taken while a row before it
// may come, or never; a row at or after it that does not wait, or one before it that does.
#include "foreset/capture/kafka/statement_wait.h"

#include <gtest/gtest.h>

namespace foreset::kafka {
namespace {

Sequence At(std::uint64_t position) { return {0, 1, position, 0, Operation::kInsert}; }

SchemaStep StepAt(std::uint64_t position) {
  SchemaChange change;
  change.sequence = At(position);
  return StepOf(std::move(change));
}

class StatementWaitTest : public ::testing::Test {
 protected:
  // The partition is decoded up to `next`; its first waiting row stands at `held`.
  void Standing(std::int32_t partition, std::int64_t next, std::optional<Sequence> held = {}) {
    ReadPartition& read = partitions_[{"t", partition}];
    read.position.next_offset = LogOffset(next);
    read.held_at = held;
  }
  void Ends(std::int32_t partition, std::int64_t end) {
    wait_.NoteEnd({"t", partition}, LogOffset(end));
  }
  bool IsDue() const { return wait_.IsDue(partitions_); }

  StatementWait wait_;
  ReadPartitions partitions_;
};

TEST_F(StatementWaitTest, RowsAtOrAfterTheFirstStatementWait) {
  EXPECT_FALSE(wait_.Holds(At(1)));
  wait_.Add(StepAt(100));
  wait_.Add(StepAt(50));
  EXPECT_FALSE(wait_.Holds(At(99)));
  EXPECT_TRUE(wait_.Holds(At(100)));
  EXPECT_TRUE(wait_.Holds(At(101)));
}

TEST_F(StatementWaitTest, AStatementIsDueWhereEveryPartitionHasComeToItOrToItsEnd) {
  wait_.Add(StepAt(100));
  EXPECT_TRUE(IsDue()) << "no partition carries the table";
  Ends(0, 10);
  Ends(1, 5);
  Standing(0, 9);
  Standing(1, 5);
  EXPECT_FALSE(IsDue()) << "a record is to come";
  Standing(0, 9, At(99));
  EXPECT_FALSE(IsDue()) << "it stands before the statement";
  Standing(0, 9, At(100));
  EXPECT_TRUE(IsDue());
  Standing(0, 10);
  EXPECT_TRUE(IsDue());
  Standing(1, 4);
  EXPECT_FALSE(IsDue()) << "the other one, too, counts";
}

TEST_F(StatementWaitTest, AnEndThatIsNotedAgainCountsAnew) {
  wait_.Add(StepAt(100));
  Ends(0, 5);
  Standing(0, 5);
  EXPECT_TRUE(IsDue());
  Ends(0, 7);
  EXPECT_FALSE(IsDue());
}

TEST_F(StatementWaitTest, StatementsAreTakenInTheOrderInWhichTheyStand) {
  wait_.Add(StepAt(100));
  wait_.Add(StepAt(200));
  wait_.AddFirst(StepAt(50));
  EXPECT_EQ(wait_.Take().sequence, At(50));
  EXPECT_EQ(wait_.Take().sequence, At(100));
  EXPECT_FALSE(wait_.empty());
  wait_.Replace(StepAt(300));
  EXPECT_EQ(wait_.Take().sequence, At(300));
  EXPECT_TRUE(wait_.empty());
}

}  // namespace
}  // namespace foreset::kafka
