// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/capture/kafka/record.h"
#include "foreset/model/topic_position.h"

namespace foreset::kafka {

// A partition's first offset that is kept and the one after its last committed record.
struct Watermarks {
  LogOffset low{0};
  LogOffset high{0};
};
using PartitionMarks = std::map<std::pair<std::string, std::int32_t>, Watermarks>;

// A consumer that is told which partitions to read and where from: it joins no group, so that
// nobody's rebalance concerns it, and where it begins is its owner's business alone. Reads what is
// committed. Not thread-safe; the library has threads of its own.
//
// Failures: kTransient with kKafkaUnreachable; kInvalidInput with kKafkaAccessDenied, or with
// kKafkaOffsetLost when a partition does not have the offset that it is asked for; else
// kKafkaFailed.
class Consumer {
 public:
  // Connects later, with the first call that needs a broker. kInvalidInput (kConfigInvalid) names a
  // setting of `security` that the library does not take; never its value.
  static Result<std::unique_ptr<Consumer>> Open(const KafkaOptions& options);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // All topics with the number of their partitions.
  Result<std::map<std::string, std::int32_t>> ListTopics();
  // Of all partitions of these topics, asked at once.
  Result<PartitionMarks> QueryWatermarks(const std::map<std::string, std::int32_t>& topics);

  // Reads these partitions from their next offsets, besides those that are read already.
  Status Add(const std::vector<PartitionPosition>& partitions);
  Status Pause(const std::string& topic, std::int32_t partition);
  Status Resume(const std::string& topic, std::int32_t partition);
  // What has come, at most `most` records and ends of partitions; waits so long for the first.
  Result<std::vector<Record>> Poll(std::size_t most, std::chrono::milliseconds wait);
  // Tells the group's coordinator how far is read; does not wait, and failures do not matter.
  void Publish(const std::vector<PartitionPosition>& partitions);
  // Settings of a topic, by their names.
  Result<std::map<std::string, std::string>> TopicSettings(const std::string& topic);

 private:
  struct State;
  explicit Consumer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foreset::kafka
