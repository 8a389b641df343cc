// SPDX-License-Identifier: MIT
#include "foreset/lake/progress.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset::lake {
namespace {

using simdjson::dom::element;

std::unexpected<Error> Damaged(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             fmt::format("stored progress: {}", what));
}

std::int64_t Number(const element& object, const char* key) {
  std::int64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool Flag(const element& object, const char* key) {
  bool value = false;
  return object[key].get(value) == simdjson::SUCCESS && value;
}

std::string Text(const element& object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

Result<SourcePosition> Position(const element& object) {
  element position;
  if (object["position"].get(position) != simdjson::SUCCESS) return SourcePosition{};
  return SourcePositionFromJson(simdjson::minify(position));
}

Result<BackfillState> Backfill(const element& object) {
  BackfillState state;
  state.position = TRY(Position(object));
  state.rows = static_cast<std::uint64_t>(Number(object, "rows"));
  state.done = Flag(object, "done");
  simdjson::dom::array key;
  if (object["after_key"].get(key) == simdjson::SUCCESS) {
    for (const element part : key) {
      std::string_view text;
      if (part.get(text) != simdjson::SUCCESS) return Damaged("after_key is not text");
      state.after_key.emplace_back(text);
    }
  }
  return state;
}

void WriteBackfill(JsonWriter& json, const BackfillState& state) {
  json.Key("backfill").BeginObject();
  json.Key("position").Raw(ToJson(state.position));
  json.Key("after_key").BeginArray();
  for (const std::string& part : state.after_key) json.String(part);
  json.EndArray();
  json.Member("rows", static_cast<std::int64_t>(state.rows)).Member("done", state.done);
  json.EndObject();
}

}  // namespace

std::string ToJson(const Progress& progress) {
  JsonWriter json;
  json.BeginObject().Member("app", progress.app_id);
  if (!progress.position.empty()) json.Key("position").Raw(foreset::ToJson(progress.position));
  json.Member("batch", progress.batch.value())
      .Member("schema", progress.schema.value())
      .Member("schema_seq", progress.schema_sequence.ToString())
      .Member("commits", progress.commits);
  if (progress.dropped) json.Member("dropped", true);
  if (progress.truncated != Sequence()) json.Member("truncated", progress.truncated.ToString());
  if (progress.backfill) WriteBackfill(json, *progress.backfill);
  json.EndObject();
  return json.Take();
}

Result<Progress> ProgressFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return Damaged("not a JSON object");
  }
  Progress progress;
  progress.position = TRY(Position(root));
  progress.app_id = Text(root, "app");
  progress.batch = BatchNumber(Number(root, "batch"));
  progress.schema = SchemaVersion(Number(root, "schema"));
  progress.commits = Number(root, "commits");
  progress.dropped = Flag(root, "dropped");
  progress.truncated = Sequence::Parse(Text(root, "truncated")).value_or(Sequence());
  const auto sequence = Sequence::Parse(Text(root, "schema_seq"));
  if (!sequence) return Damaged("schema_seq is not a sequence");
  progress.schema_sequence = *sequence;
  if (element backfill; root["backfill"].get(backfill) == simdjson::SUCCESS) {
    progress.backfill = TRY(Backfill(backfill));
  }
  return progress;
}

}  // namespace foreset::lake
