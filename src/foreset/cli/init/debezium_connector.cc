// SPDX-License-Identifier: MIT
#include "foreset/cli/init/debezium_connector.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "foreset/cli/config/settings_node.h"

namespace foreset::cli {
namespace {

struct Note {
  std::string_view key;  // a trailing '*' stands for any ending
  std::string_view text;
};

constexpr auto kNotNeeded = std::to_array<Note>({
    {"connector.class", "Foreset captures by itself"},
    {"tasks.max", "one process captures"},
    {"key.converter*", "the lake has types"},
    {"value.converter*", "the lake has types"},
    {"schema.history.internal*", "schema changes are kept in bronze/_schema_changes"},
    {"database.history*", "schema changes are kept in bronze/_schema_changes"},
    {"include.schema.changes", "schema changes are always kept"},
    {"decimal.handling.mode", "decimals are always exact"},
    {"bigint.unsigned.handling.mode", "BIGINT UNSIGNED is always exact"},
    {"time.precision.mode", "times keep their microseconds"},
    {"binary.handling.mode", "binary values stay binary"},
    {"tombstones.on.delete", "there is no topic to compact"},
    {"max.batch.size", "commit.size bounds a commit"},
    {"max.queue.size*", "memory_limit bounds the process"},
    {"poll.interval.ms", "commit.interval bounds the latency"},
    {"heartbeat.interval.ms", "an idle source moves the position by itself"},
    {"connect.*", "connections are retried with back-off"},
    {"snapshot.locking.mode", "the first copy locks briefly, or not at all"},
    {"gtid.source.*", "the server's whole GTID set is followed"},
    {"provide.transaction.metadata", "transactions stay whole"},
    {"database.allowPublicKeyRetrieval", "the server's key is asked for where it is needed"},
    {"topic.creation*", "there are no topics"},
});

bool Matches(std::string_view pattern, std::string_view key) {
  if (!pattern.ends_with('*')) return pattern == key;
  return key.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string_view WhyNotNeeded(std::string_view key) {
  const auto* it =
      std::ranges::find_if(kNotNeeded, [key](const Note& note) { return Matches(note.key, key); });
  return it == kNotNeeded.end() ? std::string_view() : it->text;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

class ConnectorReader {
 public:
  void Read(const std::string& key, const std::string& value) {
    InitAnswers& to = mapping_.answers;
    if (key == "name") return Text(key, "name", value, name_);
    if (key == "topic.prefix" || key == "database.server.name") {
      return Text(key, "name", value, to.name);
    }
    if (key == "database.hostname") return Text(key, "source.mysql.host", value, to.host);
    if (key == "database.port") return Text(key, "source.mysql.port", value, to.port);
    if (key == "database.user") return Text(key, "source.mysql.user", value, to.user);
    if (key == "database.password") return Password(key);
    if (key == "database.server.id") {
      return Text(key, "source.mysql.server_id", value, to.server_id);
    }
    if (key == "database.ssl.mode") return Text(key, "source.mysql.tls.mode", value, to.tls_mode);
    if (key == "table.include.list" || key == "table.whitelist") {
      return Tables(key, value, "", "source.mysql.tables", to.tables);
    }
    if (key == "table.exclude.list" || key == "table.blacklist") {
      return Tables(key, value, "", "source.mysql.exclude", to.exclude);
    }
    if (key == "database.include.list" || key == "database.whitelist") {
      return Tables(key, value, ".*", "source.mysql.tables", databases_);
    }
    if (key == "database.exclude.list" || key == "database.blacklist") {
      return Tables(key, value, ".*", "source.mysql.exclude", to.exclude);
    }
    if (key == "snapshot.mode" && (value == "initial" || value == "when_needed")) {
      mapping_.not_needed.push_back("snapshot.mode: the first run copies what the lake lacks");
      return;
    }
    Other(key);
  }

  ConnectorMapping Take() {
    InitAnswers& to = mapping_.answers;
    // Debezium asks for both lists; the tables' is the narrower one.
    if (to.tables.empty()) to.tables = databases_;
    if (to.name.empty()) to.name = name_;
    std::ranges::replace(to.tls_mode, '-', '_');
    return std::move(mapping_);
  }

 private:
  void Mapped(const std::string& key, std::string_view to) {
    mapping_.mapped.push_back(fmt::format("{} → {}", key, to));
  }
  void Text(const std::string& key, std::string_view to, const std::string& value,
            std::string& answer) {
    answer = value;
    Mapped(key, to);
  }
  void Password(const std::string& key) {
    Mapped(key, "source.mysql.password, as ${env:MYSQL_PASSWORD}: set that variable");
  }
  void Tables(const std::string& key, const std::string& value, std::string_view ending,
              std::string_view to, std::vector<std::string>& globs) {
    for (const std::string& expression : SplitList(value)) {
      const std::string glob = GlobOfExpression(expression);
      if (glob.empty()) {
        mapping_.not_mapped.push_back(
            fmt::format("{}: \"{}\" has no glob; write it to {} yourself", key, expression, to));
      } else {
        globs.push_back(glob + std::string(ending));
      }
    }
    Mapped(key, to);
  }
  void Other(const std::string& key) {
    if (const std::string_view why = WhyNotNeeded(key); !why.empty()) {
      mapping_.not_needed.push_back(fmt::format("{}: {}", key, why));
    } else {
      mapping_.not_mapped.push_back(fmt::format("{}: has no counterpart in this version", key));
    }
  }

  ConnectorMapping mapping_;
  std::string name_;
  std::vector<std::string> databases_;
};

}  // namespace

std::string GlobOfExpression(std::string_view expression) {
  std::string glob;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size() &&
        (expression[i + 1] == '.' || expression[i + 1] == '$')) {
      glob += expression[++i];
    } else if (c == '.' && i + 1 < expression.size() && expression[i + 1] == '*') {
      glob += '*';
      ++i;
    } else if (std::string_view("\\*?+[](){}|^$").find(c) != std::string_view::npos) {
      return "";
    } else {
      glob += c;
    }
  }
  return glob;
}

Result<ConnectorMapping> MapConnector(const std::string& json, std::string_view file) {
  const auto unreadable = [file](std::string_view why) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConnectorUnreadable,
               fmt::format("{}: {}", file, why));
  };
  const auto root = ParseSettings(json, file);
  if (!root) return unreadable(root.error().message);
  const SettingsNode* config = &*root;
  ConnectorReader reader;
  for (const auto& member : root->members) {
    if (member.key == "config" && member.value.kind == NodeKind::kMapping) config = &member.value;
  }
  if (config != &*root) {
    for (const auto& member : root->members) {
      if (member.key == "name") reader.Read(member.key, member.value.scalar);
    }
  }
  if (config->members.empty()) return unreadable("it is not a connector's configuration");
  for (const auto& member : config->members) {
    if (member.value.kind != NodeKind::kScalar) {
      return unreadable(fmt::format("the value of \"{}\" is not text", member.key));
    }
    reader.Read(member.key, member.value.scalar);
  }
  return reader.Take();
}

}  // namespace foreset::cli
