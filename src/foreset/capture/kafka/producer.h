// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"
#include "foreset/capture/kafka/outgoing_record.h"

namespace foreset::kafka {

struct ProducerOptions {
  std::string bootstrap_servers;
  std::map<std::string, Secret> properties;  // librdkafka's own names: security and the like
  std::string transactional_id;
  std::chrono::milliseconds transaction_timeout{60'000};  // then the broker aborts it
  std::chrono::milliseconds step{2'000};  // longest wait between questions of `stop`
  std::size_t queue_bytes = 32UL << 20U;  // of records not yet with the broker
};

struct TopicSettings {
  std::string name;
  std::int32_t partitions = 1;
  bool compacted = false;  // cleanup.policy: compact, else delete
};

// An idempotent, transactional producer: records become visible to readers of committed data
// together, or not at all. Not thread-safe.
//
// After any error but those of Open the transaction's fate is not known: drop the producer, open
// another one with the same id (which aborts what is unfinished), read back what was committed, and
// go on from there. Kinds: kTransient (kKafkaUnavailable) the broker is away or slow;
// kInvalidInput (kKafkaFenced) another producer has taken the id over, or the transaction timed
// out; kInvalidInput (kKafkaRefused) the broker will not have it; kCancelled `stop` said so.
class Producer {
 public:
  using Stop = std::function<bool()>;

  // Fences off every earlier producer of that id.
  static Result<std::unique_ptr<Producer>> Open(const ProducerOptions& options, Stop stop);
  virtual ~Producer() = default;

  // Makes the topics that are not there. One that exists is left as it is.
  virtual Status CreateTopics(const std::vector<TopicSettings>& topics) = 0;
  virtual Status Begin() = 0;
  // Waits while the queue is full.
  virtual Status Produce(const OutgoingRecord& record) = 0;
  // Durable and visible on success. Never commits when a record of the transaction failed.
  virtual Status Commit() = 0;
};

// The value of the last committed record with that key in a topic of one partition; nothing when
// there is none, or no such topic. Waits for the broker up to `timeout` (kTransient).
Result<std::optional<std::string>> ReadLastCommitted(const ProducerOptions& options,
                                                     const std::string& topic, std::string_view key,
                                                     std::chrono::milliseconds timeout);

}  // namespace foreset::kafka
