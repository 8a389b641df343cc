// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/kafka/record.h"
#include "foreset/model/topic_position.h"

namespace foreset::kafka {

// A partition's first offset that is kept and the one after its last committed record.
struct Watermarks {
  LogOffset low{0};
  LogOffset high{0};
};
using PartitionKey = std::pair<std::string, std::int32_t>;
using PartitionMarks = std::map<PartitionKey, Watermarks>;

// Topics whose partitions are read from where its owner says. Not thread-safe.
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  // All topics with the number of their partitions.
  virtual Result<std::map<std::string, std::int32_t>> ListTopics() = 0;
  // Of all partitions of these topics, asked at once.
  virtual Result<PartitionMarks> QueryWatermarks(
      const std::map<std::string, std::int32_t>& topics) = 0;

  // Reads these partitions from their next offsets, besides those that are read already.
  virtual Status Add(const std::vector<PartitionPosition>& partitions) = 0;
  // A paused partition brings nothing; when it goes on it may bring records again.
  virtual Status Pause(const std::string& topic, std::int32_t partition) = 0;
  virtual Status Resume(const std::string& topic, std::int32_t partition) = 0;
  // What has come, at most `most` records and ends of partitions; waits so long for the first.
  virtual Result<std::vector<Record>> Poll(std::size_t most, std::chrono::milliseconds wait) = 0;
  // Tells whoever watches how far is read; does not wait, and failures do not matter.
  virtual void Publish(const std::vector<PartitionPosition>& partitions) = 0;
};

}  // namespace foreset::kafka
