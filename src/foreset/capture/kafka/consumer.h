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
#include "foreset/capture/kafka/record_source.h"

namespace foreset::kafka {

// A consumer that is told which partitions to read and where from: it joins no group, so that
// nobody's rebalance concerns it, and where it begins is its owner's business alone. Reads what is
// committed. Not thread-safe; the library has threads of its own.
//
// Failures: kTransient with kKafkaUnreachable; kInvalidInput with kKafkaAccessDenied, or with
// kKafkaOffsetLost when a partition does not have the offset that it is asked for; else
// kKafkaFailed.
class Consumer final : public RecordSource {
 public:
  // Connects later, with the first call that needs a broker. kInvalidInput (kConfigInvalid) names a
  // setting of `security` that the library does not take; never its value.
  static Result<std::unique_ptr<Consumer>> Open(const KafkaOptions& options);
  ~Consumer() override;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  Result<std::map<std::string, std::int32_t>> ListTopics() override;
  Result<PartitionMarks> QueryWatermarks(
      const std::map<std::string, std::int32_t>& topics) override;
  Status Add(const std::vector<PartitionPosition>& partitions) override;
  Status Pause(const std::string& topic, std::int32_t partition) override;
  Status Resume(const std::string& topic, std::int32_t partition) override;
  Result<std::vector<Record>> Poll(std::size_t most, std::chrono::milliseconds wait) override;
  // Tells the group's coordinator.
  void Publish(const std::vector<PartitionPosition>& partitions) override;
  // Settings of a topic, by their names.
  Result<std::map<std::string, std::string>> TopicSettings(const std::string& topic);

 private:
  struct State;
  explicit Consumer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foreset::kafka
