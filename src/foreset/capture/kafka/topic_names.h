// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/model/table_schema.h"

namespace foreset::kafka {

// A topic's name with what Debezium puts in place of characters that Kafka does not allow.
std::string TopicSafe(std::string_view name);

// What the names of topics say: `<prefix>.<database>.<table>`, `<prefix>` for schema changes.
class TopicNames {
 public:
  // `schema_topic` empty: the prefixes of the matched topics, or of the globs.
  TopicNames(std::vector<std::string> globs, std::string schema_topic);

  // Kafka's own topics never match.
  bool Matches(std::string_view topic) const;
  // True when the name is that of the table's own topic.
  static bool IsOf(std::string_view topic, const TableId& table);
  // What the last two parts of the name say; only the table where there are no two.
  static TableId TableByName(std::string_view topic);
  // True when the globs ask for the table's own topic under one of the prefixes.
  bool Wants(const TableId& table, const std::set<std::string>& prefixes) const;
  // Those of `topics` that match, and those that tell schema changes.
  std::map<std::string, std::int32_t> Matching(
      const std::map<std::string, std::int32_t>& topics) const;
  std::map<std::string, std::int32_t> SchemaTopics(
      const std::map<std::string, std::int32_t>& topics) const;

 private:
  std::vector<std::string> globs_;
  std::string schema_topic_;
};

}  // namespace foreset::kafka
