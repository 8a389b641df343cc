// SPDX-License-Identifier: MIT
#include "foreset/lake/progress.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/lake.h"
#include "foreset/base/json_writer.h"

namespace foreset::lake {
namespace {

using simdjson::dom::element;

std::unexpected<Error> DamagedProgress(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             fmt::format("stored progress: {}", what));
}

// What older programs wrote, too, has this form.
constexpr std::int64_t kFormat = 1;

// A member of the object as T; nothing when it is missing.
template <typename T>
Result<std::optional<T>> Member(const element& object, const char* key) {
  element value;
  if (object[key].get(value) == simdjson::NO_SUCH_FIELD) return std::optional<T>();
  T read{};
  if (value.get(read) != simdjson::SUCCESS) {
    return DamagedProgress(fmt::format("{} is {}", key, std::string(simdjson::minify(value))));
  }
  return std::optional<T>(read);
}

template <typename T>
Result<T> Required(const element& object, const char* key) {
  const auto member = TRY(Member<T>(object, key));
  if (!member) return DamagedProgress(fmt::format("{} is missing", key));
  return *member;
}

// Numbers of progress count something.
Result<std::int64_t> Count(const element& object, const char* key) {
  const auto number = TRY(Required<std::int64_t>(object, key));
  if (number < 0) return DamagedProgress(fmt::format("{} is {}", key, number));
  return number;
}

Result<bool> Flag(const element& object, const char* key) {
  return TRY(Member<bool>(object, key)).value_or(false);
}

// Empty when the member is missing.
Result<std::vector<std::string>> TextsIn(const element& object, const char* key) {
  std::vector<std::string> texts;
  element member;
  if (object[key].get(member) == simdjson::NO_SUCH_FIELD) return texts;
  simdjson::dom::array array;
  if (member.get(array) != simdjson::SUCCESS)
    return DamagedProgress(fmt::format("{} is no array", key));
  for (const element part : array) {
    std::string_view text;
    if (part.get(text) != simdjson::SUCCESS)
      return DamagedProgress(fmt::format("{} is not text", key));
    texts.emplace_back(text);
  }
  return texts;
}

Result<Sequence> ReadSequence(std::string_view text, const char* key) {
  const auto sequence = Sequence::Parse(text);
  if (!sequence) return DamagedProgress(fmt::format("{} is not a sequence: {}", key, text));
  return *sequence;
}

Result<SourcePosition> Position(const element& object) {
  element position;
  if (object["position"].get(position) != simdjson::SUCCESS) return SourcePosition{};
  return SourcePositionFromJson(simdjson::minify(position));
}

Result<BackfillState> Backfill(const element& object) {
  BackfillState state;
  state.position = TRY(Position(object));
  state.rows = static_cast<std::uint64_t>(TRY(Count(object, "rows")));
  state.done = TRY(Flag(object, "done"));
  element key;
  if (object["after_key"].get(key) != simdjson::SUCCESS)
    return DamagedProgress("after_key is missing");
  state.after_key = TRY(TextsIn(object, "after_key"));
  return state;
}

Result<FedFrom> ReadFedFrom(const element& object) {
  FedFrom from;
  from.table = TRY(Required<std::string_view>(object, "table"));
  from.version = delta::Version(TRY(Count(object, "version")));
  from.written_ms = TRY(Member<std::int64_t>(object, "written_ms")).value_or(0);
  return from;
}

void WriteFedFrom(JsonWriter& json, const FedFrom& from) {
  json.Key("fed_from").BeginObject().Member("table", from.table);
  json.Member("version", from.version.value());
  if (from.written_ms != 0) json.Member("written_ms", from.written_ms);
  json.EndObject();
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
  json.BeginObject().Member("format", kFormat).Member("app", progress.app_id);
  if (!progress.position.empty()) json.Key("position").Raw(foreset::ToJson(progress.position));
  json.Member("batch", progress.batch.value())
      .Member("schema", progress.schema.value())
      .Member("schema_seq", progress.schema_sequence.ToString())
      .Member("commits", progress.commits);
  if (progress.dropped) json.Member("dropped", true);
  if (progress.truncated != Sequence()) json.Member("truncated", progress.truncated.ToString());
  if (progress.backfill) WriteBackfill(json, *progress.backfill);
  if (progress.fed_from) WriteFedFrom(json, *progress.fed_from);
  if (progress.rows) json.Member("rows", *progress.rows);
  if (!progress.admitted.empty()) {
    json.Key("admitted").BeginArray();
    for (const std::string& id : progress.admitted) json.String(id);
    json.EndArray();
  }
  json.EndObject();
  return json.Take();
}

Result<Progress> ProgressFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return DamagedProgress("not a JSON object");
  }
  if (TRY(Member<std::int64_t>(root, "format")).value_or(kFormat) > kFormat) {
    return Err(ErrorKind::kUnsupported, lake_error::kProgressTooNew,
               "a later version of Foreset wrote the stored progress");
  }
  Progress progress;
  progress.position = TRY(Position(root));
  progress.app_id = TRY(Required<std::string_view>(root, "app"));
  progress.batch = BatchNumber(TRY(Count(root, "batch")));
  progress.schema = SchemaVersion(TRY(Count(root, "schema")));
  progress.commits = TRY(Count(root, "commits"));
  progress.dropped = TRY(Flag(root, "dropped"));
  const auto sequence = TRY(Required<std::string_view>(root, "schema_seq"));
  progress.schema_sequence = TRY(ReadSequence(sequence, "schema_seq"));
  if (const auto truncated = TRY(Member<std::string_view>(root, "truncated"))) {
    progress.truncated = TRY(ReadSequence(*truncated, "truncated"));
  }
  if (element backfill; root["backfill"].get(backfill) == simdjson::SUCCESS) {
    progress.backfill = TRY(Backfill(backfill));
  }
  if (element from; root["fed_from"].get(from) == simdjson::SUCCESS) {
    progress.fed_from = TRY(ReadFedFrom(from));
  }
  progress.rows = TRY(Member<std::int64_t>(root, "rows"));
  progress.admitted = TRY(TextsIn(root, "admitted"));
  return progress;
}

}  // namespace foreset::lake
