// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace foreset::cli {

// What becomes of an option of Debezium's connectors.
enum class OptionFate : std::uint8_t {
  kTaken,        // it says something that Foreset is told the same way
  kNotNeeded,    // it may be anything: it has no effect, and the text says why
  kDefaultOnly,  // another value than the default asks for what Foreset does not do
};

// One option that Debezium's MySQL and MariaDB connectors, or Kafka Connect for them, take.
struct DebeziumOption {
  std::string_view name;                // a trailing '*' stands for any ending
  std::string_view type;                // in Kafka Connect's words
  const char* default_value = nullptr;  // null: it has none
  bool required = false;
  std::string_view importance;
  std::string_view group;
  OptionFate fate = OptionFate::kTaken;
  std::string_view text;  // to what it is taken, or why not

  bool IsPattern() const { return name.ends_with('*'); }
};

// All of them, in the order in which they are shown.
std::span<const DebeziumOption> AllDebeziumOptions();

// The option's own row, else the pattern's that it matches; null for one that nobody knows.
const DebeziumOption* FindDebeziumOption(std::string_view name);

}  // namespace foreset::cli
