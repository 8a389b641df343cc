// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "foreset/model/topic_position.h"

struct rd_kafka_message_s;  // NOLINT(readability-identifier-naming): the library names it

namespace foreset::kafka {

// One record of a topic, in the library's own memory, or the news that a partition is read to its
// end. May be handed to another thread.
class Record {
 public:
  explicit Record(rd_kafka_message_s* message) : message_(message) {}

  std::string_view topic() const;
  std::int32_t partition() const;
  // Of the record; of the end: where the next record will be.
  LogOffset offset() const;
  // True when there is no record: all that was there has been read.
  bool is_end() const;
  // Nothing where the record has none (Kafka's null).
  std::optional<std::string_view> value() const;
  std::optional<std::string_view> key() const;
  std::size_t bytes() const;

 private:
  friend class Consumer;
  struct Destroy {
    void operator()(rd_kafka_message_s* message) const;
  };
  std::unique_ptr<rd_kafka_message_s, Destroy> message_;
};

}  // namespace foreset::kafka
