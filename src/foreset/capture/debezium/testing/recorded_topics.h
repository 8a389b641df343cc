// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::debezium::testing {

// One record of a topic that a real connector wrote.
struct RecordedMessage {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// The records of tests/debezium_topics/<folder>/<topic>.jsonl, in order. The test ends when there
// is no such file.
std::vector<RecordedMessage> ReadRecorded(std::string_view folder, std::string_view topic);
// The names of all topics in the folder, sorted.
std::vector<std::string> RecordedTopics(std::string_view folder);

}  // namespace foreset::debezium::testing
