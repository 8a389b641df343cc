// SPDX-License-Identifier: MIT
#include "foreset/server/config_validation.h"

#include <algorithm>

#include "foreset/base/json_writer.h"

namespace foreset::server {
namespace {

void Texts(JsonWriter& json, const char* key, const std::vector<std::string>& texts) {
  json.Key(key).BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void TextOrNull(JsonWriter& json, const char* key, const std::optional<std::string>& text) {
  json.Key(key);
  if (text) {
    json.String(*text);
  } else {
    json.Null();
  }
}

void WriteValue(JsonWriter& json, const OptionFinding& option) {
  json.Key("value").BeginObject().Member("name", option.definition.name);
  TextOrNull(json, "value", option.value);
  Texts(json, "recommended_values", option.recommended_values);
  Texts(json, "errors", option.errors);
  json.Member("visible", true);
  // Not one of Kafka Connect's: what an accepted option comes to here.
  if (!option.note.empty()) Texts(json, "warnings", {option.note});
  json.EndObject();
}

}  // namespace

std::size_t ConfigValidation::ErrorCount() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      options, [](const OptionFinding& option) { return !option.errors.empty(); }));
}

std::string ConfigValidation::ErrorText() const {
  std::string text;
  for (const OptionFinding& option : options) {
    for (const std::string& error : option.errors) {
      if (!text.empty()) text += '\n';
      text += option.definition.name + ": " + error;
    }
  }
  return text;
}

std::string ToJson(const OptionDefinition& definition) {
  JsonWriter json;
  json.BeginObject()
      .Member("name", definition.name)
      .Member("type", definition.type)
      .Member("required", definition.required);
  TextOrNull(json, "default_value", definition.default_value);
  json.Member("importance", definition.importance)
      .Member("documentation", definition.documentation)
      .Member("group", definition.group)
      .Member("order_in_group", static_cast<std::int64_t>(definition.order))
      .Member("width", "MEDIUM")
      .Member("display_name", definition.name)
      .Key("dependents")
      .BeginArray()
      .EndArray();
  return json.EndObject().Take();
}

std::string ToJson(const ConfigValidation& validation) {
  JsonWriter json;
  json.BeginObject()
      .Member("name", validation.class_name)
      .Member("error_count", static_cast<std::int64_t>(validation.ErrorCount()));
  Texts(json, "groups", validation.groups);
  json.Key("configs").BeginArray();
  for (const OptionFinding& option : validation.options) {
    json.BeginObject().Key("definition").Raw(ToJson(option.definition));
    WriteValue(json, option);
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

}  // namespace foreset::server
