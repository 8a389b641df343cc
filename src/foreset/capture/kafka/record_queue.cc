// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/record_queue.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foreset::kafka {
namespace {

constexpr std::size_t kMostRecords = 2000;
constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::seconds kLookForTopics{3};
// A partition with so many records waiting for a statement is not fetched further.
constexpr std::size_t kMostWaiting = 4000;

}  // namespace

RecordQueue::RecordQueue(const KafkaOptions& options, TopicNames names,
                         std::unique_ptr<RecordSource> source, const Clock& clock,
                         const SourcePosition& from)
    : options_(options),
      names_(std::move(names)),
      source_(std::move(source)),
      clock_(clock),
      from_(from) {}

bool RecordQueue::IsTimeToLook() const { return clock_.Steady() - looked_ >= kLookForTopics; }

Result<PartitionMarks> RecordQueue::Ends(const std::map<std::string, std::int32_t>& topics) {
  return source_->QueryWatermarks(topics);
}

Status RecordQueue::LookForTopics() {
  looked_ = clock_.Steady();
  all_topics_ = TRY(source_->ListTopics());
  const auto matching = names_.Matching(all_topics_);
  for (const auto& [key, partition] : partitions_) {
    if (matching.contains(key.first)) continue;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaTopicReplaced,
               fmt::format("topic {} is gone", key.first));
  }
  return AddPartitions(matching);
}

Status RecordQueue::AddPartitions(const std::map<std::string, std::int32_t>& topics) {
  std::map<std::string, std::int32_t> changed;
  for (const auto& [topic, count] : topics) {
    if (!partitions_.contains({topic, count - 1})) changed[topic] = count;
  }
  if (changed.empty()) return {};
  const PartitionMarks marks = TRY(source_->QueryWatermarks(changed));
  std::vector<PartitionPosition> fresh;
  for (const auto& [topic, count] : changed) {
    // Keys go to other partitions from now on than their older rows.
    const bool known =
        partitions_.contains({topic, 0}) || FindPartition(from_.partitions, topic, 0) != nullptr;
    const bool grown = known && FindPartition(from_.partitions, topic, count - 1) == nullptr;
    for (std::int32_t number = 0; number < count; ++number) {
      const PartitionKey key{topic, number};
      const auto [at, is_new] = partitions_.try_emplace(key);
      ReadPartition& partition = at->second;
      partition.partitions_of_topic = count;
      if (is_new) {
        if (const auto* stored = FindPartition(from_.partitions, topic, number)) {
          partition.position = *stored;
          // What is read again from its beginning goes forward from there.
          if (stored->next_offset.value() > 0) {
            partition.last = {.file_number = stored->highest.file_number(),
                              .position = stored->highest.position(),
                              .epoch = stored->highest.epoch()};
          }
        }
        partition.position.topic = topic;
        partition.position.partition = number;
        partition.position.next_offset = TRY(BeginningOf(key, marks.at(key)));
        fresh.push_back(partition.position);
        // The record before says what one without a value is about.
        auto& first = fresh.back().next_offset;
        if (first > marks.at(key).low) first = LogOffset(first.value() - 1);
      }
      if (grown) partition.position.keys_moved = true;
    }
  }
  return source_->Add(fresh);
}

// Where reading goes on; an offset that Kafka does not have any more, or not yet, ends it.
Result<LogOffset> RecordQueue::BeginningOf(const PartitionKey& key, const Watermarks& marks) const {
  const auto& [topic, number] = key;
  const auto* stored = FindPartition(from_.partitions, topic, number);
  const LogOffset next = stored != nullptr ? stored->next_offset : LogOffset(0);
  if (next > marks.high) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaTopicReplaced,
               fmt::format("{} [{}] ends at {}, the lake has its records up to {}", topic, number,
                           marks.high.value(), next.value()));
  }
  if (next < marks.low && next.value() == 0 && options_.begin_with_what_is_kept) return marks.low;
  if (next < marks.low) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaOffsetLost,
               fmt::format("{} [{}] begins at {}, the lake needs its records from {}", topic,
                           number, marks.low.value(), next.value()),
               next.value() != 0 ? ""
                                 : "To begin with what is kept, knowing that the rest is missing, "
                                   "set source.kafka.begin: kept.");
  }
  return next;
}

std::size_t RecordQueue::Take(std::vector<Record> records) {
  std::size_t taken = 0;
  for (Record& record : records) {
    const auto at = partitions_.find({std::string(record.topic()), record.partition()});
    if (at == partitions_.end()) continue;
    ReadPartition& partition = at->second;
    if (record.is_end()) {
      partition.end = record.offset();
      continue;
    }
    // What a pause sends again.
    const LogOffset expected = partition.waiting.empty() ? partition.position.next_offset
                                                         : partition.waiting.back().offset().Next();
    if (record.offset() < expected) {
      const bool just_before = record.offset().Next() == partition.position.next_offset;
      if (just_before && partition.waiting.empty()) partition.before = std::move(record);
      continue;
    }
    fetched_bytes_ += record.bytes();
    ++taken;
    partition.waiting.push_back(std::move(record));
  }
  return taken;
}

bool RecordQueue::HasFetched(const SourcePosition& until) const {
  return std::ranges::all_of(until.partitions, [this](const PartitionPosition& wanted) {
    const auto at = partitions_.find({wanted.topic, wanted.partition});
    if (at == partitions_.end()) return true;  // a schema-change topic: read to its end anyway
    const ReadPartition& partition = at->second;
    const LogOffset next = partition.waiting.empty() ? partition.position.next_offset
                                                     : partition.waiting.back().offset().Next();
    return std::max(next, partition.end) >= wanted.next_offset;
  });
}

bool RecordQueue::AnyWaiting() const {
  return std::ranges::any_of(partitions_, [](const auto& entry) {
    return !entry.second.waiting.empty() && !entry.second.held_at;
  });
}

Status RecordQueue::Fetch(const RoundLimits& limits, bool hasty, const std::stop_token& stop) {
  const auto began = clock_.Steady();
  std::optional<std::chrono::steady_clock::time_point> first;
  if (AnyWaiting()) first = began;
  for (;;) {
    if (stop.stop_requested()) {
      return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "reading topics was stopped");
    }
    const std::size_t taken = Take(TRY(source_->Poll(kMostRecords, kPoll)));
    const auto now = clock_.Steady();
    if (taken > 0 && !first) first = now;
    if (fetched_bytes_ >= limits.bytes) return {};
    if (limits.until && HasFetched(*limits.until)) return {};
    // What waits for a statement should not wait for the clock, too.
    if (taken == 0 && hasty) return {};
    if (first ? now - *first >= limits.interval : now - began >= limits.idle) return {};
  }
}

Status RecordQueue::Settle() {
  fetched_bytes_ = 0;
  for (auto& [key, partition] : partitions_) {
    for (const Record& record : partition.waiting) fetched_bytes_ += record.bytes();
    const bool full = partition.waiting.size() >= kMostWaiting;
    if (full == partition.paused) continue;
    RETURN_IF_ERROR(full ? source_->Pause(key.first, key.second)
                         : source_->Resume(key.first, key.second));
    partition.paused = full;
  }
  return {};
}

}  // namespace foreset::kafka
