// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/connect_schema.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

namespace foreset::debezium {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> UndecodableSchema(std::string_view what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kMessageUndecodable,
             fmt::format("a message's schema: {}", what));
}

std::string MemberText(const dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

ConnectField ToField(const dom::element& json) {
  ConnectField field;
  field.name = MemberText(json, "field");
  field.type = MemberText(json, "type");
  field.logical = MemberText(json, "name");
  bool optional = false;
  if (json["optional"].get(optional) == simdjson::SUCCESS) field.optional = optional;
  field.has_default = json["default"].error() == simdjson::SUCCESS;
  dom::object parameters;
  if (json["parameters"].get(parameters) == simdjson::SUCCESS) {
    for (const auto& [key, value] : parameters) {
      std::string_view text;
      if (value.get(text) == simdjson::SUCCESS) field.parameters.emplace(key, text);
    }
  }
  return field;
}

// The array `fields` of the struct; the one of the row where the struct is an envelope.
Result<dom::array> RowFields(const dom::element& schema) {
  dom::array fields;
  if (schema["fields"].get(fields) != simdjson::SUCCESS)
    return UndecodableSchema("it is not a struct");
  bool envelope = false;
  std::optional<dom::array> of_row;
  for (const dom::element& field : fields) {
    const std::string name = MemberText(field, "field");
    envelope |= name == "op";
    dom::array of_field;
    if (name == "after" && field["fields"].get(of_field) == simdjson::SUCCESS) of_row = of_field;
  }
  if (!envelope) return fields;
  if (!of_row) return UndecodableSchema("an envelope without rows");
  return *of_row;
}

}  // namespace

std::string_view ConnectField::Parameter(std::string_view parameter) const {
  const auto found = parameters.find(parameter);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

Result<ConnectSchema> ConnectSchema::Parse(std::string_view schema) {
  dom::parser parser;
  dom::element root;
  if (parser.parse(schema.data(), schema.size()).get(root) != simdjson::SUCCESS) {
    return UndecodableSchema("not JSON");
  }
  if (!root.is_object()) return UndecodableSchema("it is not a struct");
  ConnectSchema result;
  for (const dom::element& field : TRY(RowFields(root))) {
    result.fields_.push_back(ToField(field));
    if (result.fields_.back().name.empty() || result.fields_.back().type.empty()) {
      return UndecodableSchema("a field without name or type");
    }
  }
  return result;
}

Result<ConnectSchema> ConnectSchema::OfKey(std::string_view key) {
  dom::parser parser;
  dom::object root;
  if (parser.parse(key.data(), key.size()).get(root) != simdjson::SUCCESS) {
    return UndecodableSchema("the key is not a JSON object");
  }
  dom::element schema;
  if (root.size() == 2 && root["schema"].get(schema) == simdjson::SUCCESS && schema.is_object() &&
      root["payload"].error() == simdjson::SUCCESS) {
    return Parse(simdjson::minify(schema));
  }
  ConnectSchema result;
  for (const auto& [name, value] : root) {
    ConnectField field;
    field.name = name;
    result.fields_.push_back(std::move(field));
  }
  return result;
}

const ConnectField* ConnectSchema::Find(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &ConnectField::name);
  return found == fields_.end() ? nullptr : &*found;
}

}  // namespace foreset::debezium
