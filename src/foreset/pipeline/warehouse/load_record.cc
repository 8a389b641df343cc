// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/load_record.h"

#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset::pipeline {
namespace {

using simdjson::dom::element;

std::string Text(const element& object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::int64_t Number(const element& object, const char* key) {
  std::int64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

}  // namespace

std::string ToJson(const LoadRecord& record) {
  JsonWriter json;
  json.BeginObject().Member("model", record.model).Member("definition", record.definition);
  json.Member("loads", record.loads).Member("position", record.position);
  json.Key("reads").BeginObject();
  for (const auto& [name, read] : record.reads) {
    json.Key(name).BeginObject().Member("id", read.id).Member("version", read.version).EndObject();
  }
  json.EndObject().EndObject();
  return json.Take();
}

Result<LoadRecord> LoadRecordFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  element root;
  simdjson::dom::object reads;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS || !root.is_object() ||
      root["reads"].get(reads) != simdjson::SUCCESS) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               "what a warehouse table was made from is not told as a JSON object");
  }
  LoadRecord record{Text(root, "model"),
                    Text(root, "definition"),
                    Number(root, "loads"),
                    Text(root, "position"),
                    {}};
  for (const auto [name, read] : reads) {
    record.reads[std::string(name)] = {Text(read, "id"), Number(read, "version")};
  }
  return record;
}

}  // namespace foreset::pipeline
