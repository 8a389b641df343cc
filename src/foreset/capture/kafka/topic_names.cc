// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_names.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/table_filter.h"

namespace foreset::kafka {
namespace {

// What is before the last two parts; nothing where there are no three.
std::optional<std::string> PrefixOf(std::string_view name) {
  const std::size_t last = name.rfind('.');
  if (last == std::string_view::npos || last == 0) return std::nullopt;
  const std::size_t before = name.rfind('.', last - 1);
  if (before == std::string_view::npos || before == 0) return std::nullopt;
  return std::string(name.substr(0, before));
}

bool IsPlain(std::string_view text) { return text.find_first_of("*?") == std::string_view::npos; }

}  // namespace

std::string TopicSafe(std::string_view name) {
  std::string safe(name);
  for (char& c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    const bool allowed = std::isalnum(byte) != 0 || c == '.' || c == '_' || c == '-';
    if (byte >= 0x80 || !allowed) c = '_';
  }
  return safe;
}

TopicNames::TopicNames(std::vector<std::string> globs, std::string schema_topic)
    : globs_(std::move(globs)), schema_topic_(std::move(schema_topic)) {}

bool TopicNames::Matches(std::string_view topic) const {
  if (topic.starts_with("__") && !topic.starts_with("__debezium-heartbeat.")) return false;
  return std::ranges::any_of(
      globs_, [&](const std::string& glob) { return mysql::GlobMatches(glob, topic); });
}

bool TopicNames::IsOf(std::string_view topic, const TableId& table) {
  return topic.ends_with(fmt::format(".{}.{}", TopicSafe(table.database), TopicSafe(table.table)));
}

TableId TopicNames::TableByName(std::string_view topic) {
  const std::size_t dot = topic.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(topic)};
  const std::string_view head = topic.substr(0, dot);
  return {std::string(head.substr(head.rfind('.') + 1)), std::string(topic.substr(dot + 1))};
}

bool TopicNames::Wants(const TableId& table, const std::set<std::string>& prefixes) const {
  const std::string own = TopicSafe(table.ToString());
  return std::ranges::any_of(
      prefixes, [&](const std::string& prefix) { return Matches(prefix + "." + own); });
}

std::map<std::string, std::int32_t> TopicNames::Matching(
    const std::map<std::string, std::int32_t>& topics) const {
  const auto schema_topics = SchemaTopics(topics);
  std::map<std::string, std::int32_t> matching;
  for (const auto& topic : topics) {
    if (Matches(topic.first) && !schema_topics.contains(topic.first)) matching.insert(topic);
  }
  return matching;
}

std::map<std::string, std::int32_t> TopicNames::SchemaTopics(
    const std::map<std::string, std::int32_t>& topics) const {
  std::set<std::string> names;
  if (!schema_topic_.empty()) {
    names.insert(schema_topic_);
  } else {
    for (const std::string& glob : globs_) {
      if (auto prefix = PrefixOf(glob); prefix && IsPlain(*prefix)) names.insert(*prefix);
    }
    for (const auto& [topic, partitions] : topics) {
      if (auto prefix = PrefixOf(topic); prefix && Matches(topic)) names.insert(*prefix);
    }
  }
  std::map<std::string, std::int32_t> found;
  for (const auto& topic : topics) {
    if (names.contains(topic.first)) found.insert(topic);
  }
  return found;
}

}  // namespace foreset::kafka
