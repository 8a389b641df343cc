// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foreset/capture/debezium/message.h"

namespace foreset::kafka {

// Tells in one partition whether a record without a value repeats the delete before it, as
// envelopes and rewritten deletes have them, for log compaction. Where rows are unwrapped, and
// deletes are not rewritten, such a record is all that tells a delete: where it has its place it
// does not say. Not thread-safe.
class TombstoneWatch {
 public:
  // A row; `key` of its record.
  void Row(const debezium::Message& message, std::optional<std::string_view> key) {
    deleted_ = message.operation == Operation::kDelete;
    if (deleted_) key_ = key ? std::optional<std::string>(*key) : std::nullopt;
  }
  // A record without a value; true when it repeats the delete before it.
  bool Tombstone(std::optional<std::string_view> key) {
    const bool repeats = deleted_ && key_ == key;
    unplaced_ = unplaced_ || !repeats;
    return repeats;
  }
  // There was one that repeats nothing: it counts when the topic turns out to be unwrapped.
  bool unplaced() const { return unplaced_; }

 private:
  bool deleted_ = false;
  std::optional<std::string> key_;
  bool unplaced_ = false;
};

}  // namespace foreset::kafka
