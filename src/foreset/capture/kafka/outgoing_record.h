// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace foreset::kafka {

// One record to be produced.
struct OutgoingRecord {
  std::string topic;
  std::optional<std::int32_t> partition;  // absent: by the key, as Kafka's own clients choose
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  std::vector<std::pair<std::string, std::string>> headers;

  std::size_t bytes() const {
    return topic.size() + (key ? key->size() : 0) + (value ? value->size() : 0);
  }
};

}  // namespace foreset::kafka
