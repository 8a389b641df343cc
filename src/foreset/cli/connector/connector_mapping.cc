// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/connector_mapping.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "foreset/base/nearest_word.h"

namespace foreset::cli {
namespace {

constexpr std::size_t kMostGlobs = 1000;  // of one expression
// Groups are expanded one inside the other: the depth is bounded by the length.
constexpr std::size_t kLongestExpression = 4096;

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

std::vector<std::string> KnownNames() {
  std::vector<std::string> names;
  for (const DebeziumOption& option : AllDebeziumOptions()) {
    if (!option.IsPattern()) names.emplace_back(option.name);
  }
  return names;
}

// Expands the alternatives of an expression, then turns each into a glob.
class GlobMaker {
 public:
  // False when there is something that globs cannot say.
  bool Expand(std::string_view expression, const std::string& before) {
    const std::size_t bar = FindOutside(expression, '|');
    if (bar != std::string_view::npos) {
      return Expand(expression.substr(0, bar), before) &&
             Expand(expression.substr(bar + 1), before);
    }
    std::string glob = before;
    while (!expression.empty()) {
      if (expression[0] == '(') return ExpandGroup(expression, glob);
      if (!TakeOne(expression, glob)) return false;
    }
    globs.push_back(std::move(glob));
    return globs.size() <= kMostGlobs;
  }

  std::vector<std::string> globs;

 private:
  // The place of `wanted` outside of parentheses.
  static std::size_t FindOutside(std::string_view text, char wanted) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == wanted && depth == 0) {
        return i;
      } else if (text[i] == '(') {
        ++depth;
      } else if (text[i] == ')') {
        --depth;
      }
    }
    return std::string_view::npos;
  }

  bool ExpandGroup(std::string_view expression, const std::string& before) {
    expression.remove_prefix(1);
    if (expression.starts_with("?:")) expression.remove_prefix(2);
    const std::size_t end = FindOutside(expression, ')');
    if (end == std::string_view::npos) return false;
    const std::string_view rest = expression.substr(end + 1);
    if (!rest.empty() && std::string_view("*+?{").find(rest[0]) != std::string_view::npos) {
      return false;
    }
    std::string_view inner = expression.substr(0, end);
    for (;;) {
      const std::size_t bar = FindOutside(inner, '|');
      if (!Expand(std::string(inner.substr(0, bar)) + std::string(rest), before)) return false;
      if (bar == std::string_view::npos) return true;
      inner.remove_prefix(bar + 1);
    }
  }

  // Takes one sign, with what repeats it, off the expression.
  static bool TakeOne(std::string_view& expression, std::string& glob) {
    constexpr std::string_view kSpecial = "\\*?+[](){}|^$";
    const auto take = [&](std::size_t signs, std::string_view as) {
      glob += as;
      expression.remove_prefix(signs);
      return true;
    };
    if (expression.starts_with("[.]")) return take(3, ".");
    if (expression.starts_with("\\.")) return take(2, ".");
    if (expression.starts_with("\\$")) return take(2, "$");
    if (expression.starts_with(".*")) return take(2, "*");
    if (expression.starts_with(".+")) return take(2, "?*");
    if (kSpecial.find(expression[0]) != std::string_view::npos) return false;
    const bool repeated = expression.size() > 1 &&
                          std::string_view("*+?{").find(expression[1]) != std::string_view::npos;
    return !repeated && take(1, expression.substr(0, 1));
  }
};

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
    if (key == "database.password") {
      return Note(key, MappedFate::kTaken,
                  "source.mysql.password, as ${env:MYSQL_PASSWORD}: set that variable");
    }
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
    if (key == "snapshot.mode") return SnapshotMode(key, value);
    if (key == "skipped.operations" && (value == "none" || value == "t")) {
      return Note(key, MappedFate::kNotNeeded, "every operation is kept in bronze");
    }
    if (key.starts_with("transforms.") && key.ends_with(".type")) types_.push_back(value);
    if (key == "transforms" && !value.empty()) {
      transforms_ = value;
      return;
    }
    Other(key, value);
  }

  ConnectorMapping Take() {
    InitAnswers& to = mapping_.answers;
    // Debezium asks for both lists; the tables' is the narrower one.
    if (to.tables.empty()) to.tables = databases_;
    if (to.name.empty()) to.name = name_;
    std::ranges::replace(to.tls_mode, '-', '_');
    if (!transforms_.empty()) Transforms();
    return std::move(mapping_);
  }

 private:
  void Note(const std::string& key, MappedFate fate, std::string_view text) {
    mapping_.options.push_back({key, fate, std::string(text)});
  }
  void Text(const std::string& key, std::string_view to, const std::string& value,
            std::string& answer) {
    answer = value;
    Note(key, MappedFate::kTaken, to);
  }
  void Tables(const std::string& key, const std::string& value, std::string_view ending,
              std::string_view to, std::vector<std::string>& globs) {
    for (const std::string& expression : SplitList(value)) {
      const auto found = GlobsOfExpression(expression);
      if (found.empty()) {
        Note(key, MappedFate::kRefused,
             fmt::format("\"{}\" has no glob; write it to {} yourself", expression, to));
      }
      for (const std::string& glob : found) globs.push_back(glob + std::string(ending));
    }
    Note(key, MappedFate::kTaken, to);
  }
  void SnapshotMode(const std::string& key, const std::string& value) {
    constexpr auto kAccepted = std::to_array<std::string_view>(
        {"", "initial", "when_needed", "recovery", "schema_only_recovery"});
    if (std::ranges::find(kAccepted, value) != kAccepted.end()) {
      return Note(key, MappedFate::kNotNeeded, "the first run copies what the lake lacks");
    }
    Note(key, MappedFate::kRefused,
         fmt::format("\"{}\" has no counterpart: the first run copies what the lake lacks, so that "
                     "it equals the source",
                     value));
  }
  // Unwrapping makes of Debezium's records what silver holds anyway.
  void Transforms() {
    constexpr std::string_view kUnwrap = "io.debezium.transforms.ExtractNewRecordState";
    const bool unwrap_only = !types_.empty() && std::ranges::all_of(types_, [&](const auto& type) {
      return type == kUnwrap;
    });
    if (unwrap_only) {
      return Note("transforms", MappedFate::kNotNeeded, "silver and gold hold unwrapped rows");
    }
    Other("transforms", transforms_);
  }
  void Other(const std::string& key, const std::string& value) {
    const DebeziumOption* option = FindDebeziumOption(key);
    if (option == nullptr) {
      const auto nearest = NearestWord(key, KnownNames());
      return Note(key, MappedFate::kRefused,
                  fmt::format("has no counterpart: neither Debezium nor Kafka Connect is known to "
                              "have it{}",
                              nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
    }
    const std::string_view otherwise =
        option->default_value == nullptr ? std::string_view() : option->default_value;
    if (option->fate == OptionFate::kDefaultOnly && value != otherwise) {
      return Note(key, MappedFate::kRefused, fmt::format("has no counterpart: {}", option->text));
    }
    Note(key, MappedFate::kNotNeeded, option->text);
  }

  ConnectorMapping mapping_;
  std::string name_;
  std::string transforms_;
  std::vector<std::string> types_;  // of transforms
  std::vector<std::string> databases_;
};

}  // namespace

std::vector<std::string> GlobsOfExpression(std::string_view expression) {
  GlobMaker maker;
  if (expression.empty() || expression.size() > kLongestExpression) return {};
  if (!maker.Expand(expression, "")) return {};
  return std::move(maker.globs);
}

ConnectorMapping MapConnectorOptions(
    const std::vector<std::pair<std::string, std::string>>& options) {
  ConnectorReader reader;
  for (const auto& [key, value] : options) reader.Read(key, value);
  return reader.Take();
}

}  // namespace foreset::cli
