// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/read_partition.h"
#include "foreset/capture/kafka/record_source.h"
#include "foreset/capture/kafka/topic_names.h"
#include "foreset/capture/source.h"

namespace foreset::kafka {

// The partitions of the topics that match, and their records in order, from where the lake goes on.
// Not thread-safe.
class RecordQueue {
 public:
  RecordQueue(const KafkaOptions& options, TopicNames names, std::unique_ptr<RecordSource> source,
              const Clock& clock, const SourcePosition& from);

  // Finds topics and partitions that have come. kInvalidInput with kKafkaTopicReplaced when a topic
  // is gone, or ends before what the lake has of it; with kKafkaOffsetLost when it begins behind.
  Status LookForTopics();
  bool IsTimeToLook() const;
  // Waits for records within the limits. `hasty`: something else waits for what has come already.
  Status Fetch(const RoundLimits& limits, bool hasty, const std::stop_token& stop);
  // After records were decoded: counts what is left, and pauses partitions that have too many.
  Status Settle();
  // Where the partitions of these topics end now.
  Result<PartitionMarks> Ends(const std::map<std::string, std::int32_t>& topics);

  ReadPartitions& partitions() { return partitions_; }
  const ReadPartitions& partitions() const { return partitions_; }
  // As of the last look, matching or not.
  const std::map<std::string, std::int32_t>& all_topics() const { return all_topics_; }
  RecordSource& source() { return *source_; }

 private:
  Status AddPartitions(const std::map<std::string, std::int32_t>& topics);
  Result<LogOffset> BeginningOf(const PartitionKey& key, const Watermarks& marks) const;
  std::size_t Take(std::vector<Record> records);
  bool HasFetched(const SourcePosition& until) const;
  bool AnyWaiting() const;

  const KafkaOptions& options_;
  TopicNames names_;
  std::unique_ptr<RecordSource> source_;
  const Clock& clock_;
  SourcePosition from_;  // where the stream began
  ReadPartitions partitions_;
  std::map<std::string, std::int32_t> all_topics_;
  std::chrono::steady_clock::time_point looked_;
  std::size_t fetched_bytes_ = 0;
};

}  // namespace foreset::kafka
