// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "foreset/model/topic_position.h"

namespace foreset::kafka {

// What a record says, in memory that somebody else keeps.
struct RecordContent {
  std::string_view topic;
  std::int32_t partition = 0;
  LogOffset offset{0};
  bool is_end = false;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
};

// One record of a topic, or the news that a partition is read to its end. Owns the memory that it
// is in. May be handed to another thread.
class Record {
 public:
  using Memory = std::unique_ptr<void, void (*)(void*)>;
  // `content` stays valid as long as `memory` lives, wherever that is moved to.
  Record(const RecordContent& content, Memory memory)
      : content_(content), memory_(std::move(memory)) {}

  std::string_view topic() const { return content_.topic; }
  std::int32_t partition() const { return content_.partition; }
  // Of the record; of the end: where the next record will be.
  LogOffset offset() const { return content_.offset; }
  // True when there is no record: all that was there has been read.
  bool is_end() const { return content_.is_end; }
  // Nothing where the record has none (Kafka's null).
  const std::optional<std::string_view>& value() const { return content_.value; }
  const std::optional<std::string_view>& key() const { return content_.key; }
  // Of the record and what comes with it.
  std::size_t bytes() const {
    return value().value_or("").size() + key().value_or("").size() + sizeof(Record);
  }

 private:
  RecordContent content_;
  Memory memory_;
};

}  // namespace foreset::kafka
