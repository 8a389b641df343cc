// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace foreset::server {

// One option that a kind of connector has; the words are Kafka Connect's.
struct OptionDefinition {
  std::string name;
  std::string type;  // STRING, INT, LONG, BOOLEAN, LIST, PASSWORD, CLASS, …
  bool required = false;
  std::optional<std::string> default_value;
  std::string importance;  // HIGH, MEDIUM, LOW
  std::string documentation;
  std::string group;
  int order = 0;  // in its group, from 1
};

// An option beside the value that it was given, and what is wrong with that.
struct OptionFinding {
  OptionDefinition definition;
  std::optional<std::string> value;  // secrets masked
  std::vector<std::string> recommended_values;
  std::vector<std::string> errors;
  // What becomes of a value that is accepted but has no effect here; empty where it has one.
  std::string note;
};

// What a configuration would be taken for.
struct ConfigValidation {
  std::string class_name;
  std::vector<std::string> groups;
  std::vector<OptionFinding> options;

  std::size_t ErrorCount() const;  // options with errors, as Kafka Connect counts
  // "database.hostname: …; database.port: …"
  std::string ErrorText() const;
};

// {"name":…,"error_count":…,"groups":[…],"configs":[{"definition":{…},"value":{…}},…]}
std::string ToJson(const ConfigValidation& validation);
// The object that describes one option.
std::string ToJson(const OptionDefinition& definition);

}  // namespace foreset::server
