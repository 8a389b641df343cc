// SPDX-License-Identifier: MIT
// Faults of RecordQueue that these tests catch: records that are taken twice or left out where a
// paused partition goes on; a partition that is fetched without a bound; a topic that is another
// one, or lacks what comes next, and is read all the same.
#include "foreset/capture/kafka/record_queue.h"

#include <gtest/gtest.h>

#include "foreset/capture/kafka/scripted_records_testing.h"

namespace foreset::kafka {
namespace {

using std::chrono::milliseconds;

class RecordQueueTest : public ::testing::Test {
 protected:
  RecordQueueTest() { options_.topics = {"p.d.*"}; }

  void Put(int records, std::int32_t partition = 0) {
    for (int i = 0; i < records; ++i) topics_.Put("p.d.t", partition, {}, "{}");
  }
  // A queue that goes on at `next` of partition 0, and has looked for topics.
  Status Open(std::int64_t next = 0) {
    SourcePosition from;
    PartitionIn(from.partitions, "p.d.t", 0).next_offset = LogOffset(next);
    queue_.emplace(options_, TopicNames(options_.topics, ""), topics_.Open(clock_), clock_,
                   next == 0 ? SourcePosition() : from);
    return queue_->LookForTopics();
  }
  ErrorCode CodeOf(const Status& status) { return status ? ErrorCode(0) : status.error().code; }
  void Fetch() {
    const Status fetched = queue_->Fetch(limits_, false, {});
    EXPECT_TRUE(fetched) << fetched.error().ToString();
  }
  ReadPartition& Partition(std::int32_t number = 0) {
    return queue_->partitions().at({"p.d.t", number});
  }
  // All of them are decoded.
  std::vector<std::int64_t> Take(ReadPartition& partition) {
    std::vector<std::int64_t> offsets;
    for (const Record& record : partition.waiting) {
      offsets.push_back(record.offset().value());
      partition.position.next_offset = record.offset().Next();
    }
    partition.waiting.clear();
    EXPECT_TRUE(queue_->Settle());
    return offsets;
  }

  ScriptedTopics topics_;
  ManualClock clock_{Timestamp(1'800'000'000'000'000)};
  KafkaOptions options_;
  RoundLimits limits_{
      .bytes = 64UL << 20U, .interval = milliseconds(100), .idle = milliseconds(100), .until = {}};
  std::optional<RecordQueue> queue_;
};

TEST_F(RecordQueueTest, ItGoesOnWhereTheLakeDoesAndKeepsWhatStandsBefore) {
  Put(5);
  ASSERT_TRUE(Open(3));
  Fetch();
  EXPECT_EQ(Take(Partition()), (std::vector<std::int64_t>{3, 4}));
  ASSERT_TRUE(Partition().before);
  EXPECT_EQ(Partition().before->offset(), LogOffset(2));
  EXPECT_EQ(Partition().end, LogOffset(5));
}

TEST_F(RecordQueueTest, APartitionThatWaitsIsPausedAndWhatComesAgainIsTakenOnce) {
  constexpr int kRecords = 6500;
  Put(kRecords);
  limits_.bytes = 1;  // so that a fetch is one poll
  ASSERT_TRUE(Open());
  for (int i = 0; i < 2; ++i) {
    Fetch();
    ASSERT_TRUE(queue_->Settle());
  }
  EXPECT_EQ(topics_.paused().size(), 1U);
  EXPECT_EQ(Partition().waiting.size(), 4000U);
  std::vector<std::int64_t> offsets = Take(Partition());
  EXPECT_TRUE(topics_.paused().empty());
  limits_.bytes = 64UL << 20U;
  Fetch();
  const auto rest = Take(Partition());
  offsets.insert(offsets.end(), rest.begin(), rest.end());
  ASSERT_EQ(offsets.size(), static_cast<std::size_t>(kRecords));
  for (int i = 0; i < kRecords; ++i) ASSERT_EQ(offsets[static_cast<std::size_t>(i)], i);
}

TEST_F(RecordQueueTest, TheBytesOfARoundBoundIt) {
  Put(5000);
  limits_.bytes = 1;
  ASSERT_TRUE(Open());
  Fetch();
  EXPECT_EQ(Partition().waiting.size(), 2000U);
  ASSERT_TRUE(queue_->Settle());
  Fetch();
  EXPECT_EQ(Partition().waiting.size(), 4000U) << "what waits counts, but a round takes something";
}

TEST_F(RecordQueueTest, ATopicWithoutWhatComesNextIsRefused) {
  Put(5);
  topics_.Forget("p.d.t", 0, 2);
  EXPECT_EQ(CodeOf(Open(0)), ErrorCode::kKafkaOffsetLost);
  EXPECT_EQ(CodeOf(Open(1)), ErrorCode::kKafkaOffsetLost);
  EXPECT_EQ(CodeOf(Open(2)), ErrorCode(0));
  EXPECT_EQ(CodeOf(Open(6)), ErrorCode::kKafkaTopicReplaced);
  options_.begin_with_what_is_kept = true;
  EXPECT_EQ(CodeOf(Open(1)), ErrorCode::kKafkaOffsetLost) << "the lake has its beginning";
  ASSERT_TRUE(Open(0));
  Fetch();
  EXPECT_EQ(Take(Partition()), (std::vector<std::int64_t>{2, 3, 4}));
}

TEST_F(RecordQueueTest, ATopicThatIsGoneIsAnError) {
  Put(1);
  ASSERT_TRUE(Open());
  topics_.Delete("p.d.t");
  EXPECT_EQ(CodeOf(queue_->LookForTopics()), ErrorCode::kKafkaTopicReplaced);
}

TEST_F(RecordQueueTest, PartitionsThatComeLaterAreReadAndMoveKeys) {
  Put(1);
  ASSERT_TRUE(Open());
  EXPECT_FALSE(Partition().position.keys_moved);
  Put(2, 1);
  EXPECT_FALSE(queue_->IsTimeToLook());
  clock_.Advance(std::chrono::seconds(3));
  EXPECT_TRUE(queue_->IsTimeToLook());
  ASSERT_TRUE(queue_->LookForTopics());
  EXPECT_FALSE(queue_->IsTimeToLook());
  Fetch();
  EXPECT_EQ(Partition(1).waiting.size(), 2U);
  EXPECT_TRUE(Partition(0).position.keys_moved);
  EXPECT_TRUE(Partition(1).position.keys_moved);
}

}  // namespace
}  // namespace foreset::kafka
