// SPDX-License-Identifier: MIT
#include "foreset/lake/rescued_json.h"

#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset::lake {

std::string RescuedToJson(std::span<const RescuedValue> values) {
  JsonWriter json;
  json.BeginObject();
  for (const RescuedValue& value : values) {
    json.Key(value.column).BeginObject();
    json.Member("value", value.text).Member("reason", value.reason).EndObject();
  }
  json.EndObject();
  return json.Take();
}

Status RescuedFromJson(std::string_view json, std::size_t row, std::vector<RescuedValue>& out) {
  simdjson::dom::parser parser;
  simdjson::dom::object columns;
  if (parser.parse(json.data(), json.size()).get(columns) != simdjson::SUCCESS) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               "_rescued of a bronze row is not a JSON object");
  }
  for (const auto& [column, value] : columns) {
    std::string_view text;
    std::string_view reason;
    if (value["value"].get(text) != simdjson::SUCCESS ||
        value["reason"].get(reason) != simdjson::SUCCESS) {
      return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
                 "_rescued of a bronze row lacks value or reason");
    }
    out.push_back({row, std::string(column), std::string(text), std::string(reason)});
  }
  return {};
}

}  // namespace foreset::lake
