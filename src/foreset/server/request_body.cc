// SPDX-License-Identifier: MIT
#include "foreset/server/request_body.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace foreset::server {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> NotUnderstood(std::string_view why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kRequestNotUnderstood, std::string(why));
}

// The document lives in the parser.
Result<dom::object> ParseObject(dom::parser& parser, std::string_view body) {
  dom::object object;
  const auto error = parser.parse(simdjson::padded_string(body)).get(object);
  if (error == simdjson::INCORRECT_TYPE) return NotUnderstood("the body is not a JSON object");
  if (error != simdjson::SUCCESS) {
    return NotUnderstood(fmt::format("the body is not JSON: {}", simdjson::error_message(error)));
  }
  return object;
}

Result<std::string> TextOf(const dom::element& value, std::string_view key) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  if (value.is_number() || value.is_bool()) return std::string(simdjson::minify(value));
  return NotUnderstood(fmt::format("the value of \"{}\" is not text", key));
}

Result<ConnectorConfig::Changes> OptionsOf(const dom::object& object) {
  ConnectorConfig::Changes options;
  for (const auto [key, value] : object) {
    if (value.is_null()) {
      options[std::string(key)] = std::nullopt;
    } else {
      options[std::string(key)] = TRY(TextOf(value, key));
    }
  }
  return options;
}

Result<std::map<std::string, std::string>> TextsOf(const dom::object& object) {
  std::map<std::string, std::string> texts;
  for (const auto [key, value] : object) {
    if (!value.is_null()) texts[std::string(key)] = TRY(TextOf(value, key));
  }
  return texts;
}

Result<OffsetEntry> OffsetOf(const dom::element& element) {
  OffsetEntry entry;
  dom::object partition;
  if (element["partition"].get(partition) != simdjson::SUCCESS) {
    return NotUnderstood("an offset has no object \"partition\"");
  }
  entry.partition = TRY(TextsOf(partition));
  dom::element offset;
  if (element["offset"].get(offset) != simdjson::SUCCESS || offset.is_null()) return entry;
  dom::object members;
  if (offset.get(members) != simdjson::SUCCESS) {
    return NotUnderstood("\"offset\" is neither an object nor null");
  }
  entry.offset = TRY(TextsOf(members));
  return entry;
}

}  // namespace

Result<NewConnector> ReadNewConnector(std::string_view body) {
  dom::parser parser;
  const dom::object object = TRY(ParseObject(parser, body));
  NewConnector connector;
  dom::object config;
  if (object["config"].get(config) != simdjson::SUCCESS) {
    return NotUnderstood("the object \"config\" is missing");
  }
  connector.config = ConnectorConfig().With(TRY(OptionsOf(config)));
  if (dom::element name; object["name"].get(name) == simdjson::SUCCESS && !name.is_null()) {
    connector.name = TRY(TextOf(name, "name"));
  }
  dom::element state;
  if (object["initial_state"].get(state) != simdjson::SUCCESS || state.is_null()) return connector;
  const auto target = TargetStateOf(TRY(TextOf(state, "initial_state")));
  if (!target) return NotUnderstood("\"initial_state\" is not RUNNING, PAUSED or STOPPED");
  connector.target = *target;
  return connector;
}

Result<ConnectorConfig::Changes> ReadOptions(std::string_view body) {
  dom::parser parser;
  return OptionsOf(TRY(ParseObject(parser, body)));
}

Result<std::vector<OffsetEntry>> ReadOffsets(std::string_view body) {
  dom::parser parser;
  const dom::object object = TRY(ParseObject(parser, body));
  dom::array offsets;
  if (object["offsets"].get(offsets) != simdjson::SUCCESS || offsets.size() == 0) {
    return NotUnderstood("the list \"offsets\" is missing or empty");
  }
  std::vector<OffsetEntry> entries;
  for (const dom::element element : offsets) entries.push_back(TRY(OffsetOf(element)));
  return entries;
}

}  // namespace foreset::server
