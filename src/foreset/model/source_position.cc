// SPDX-License-Identifier: MIT
#include "foreset/model/source_position.h"

#include <charconv>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"

namespace foreset {
namespace {

std::string Text(const simdjson::dom::element& object, const char* key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::uint64_t Number(const simdjson::dom::element& object, const char* key) {
  std::uint64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

}  // namespace

std::uint32_t BinlogFileNumber(std::string_view file) {
  const std::size_t dot = file.rfind('.');
  if (dot == std::string_view::npos) return 0;
  const std::string_view digits = file.substr(dot + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

Sequence SourcePosition::Floor() const { return ForSnapshotRow(0); }

Sequence SourcePosition::Ceiling() const {
  constexpr std::uint64_t kLastOrdinal = (1ULL << 36U) - 1;
  return ForSnapshotRow(kLastOrdinal);
}

Sequence SourcePosition::ForSnapshotRow(std::uint64_t ordinal) const {
  return {epoch.value(), BinlogFileNumber(file), offset, ordinal, Operation::kSnapshot};
}

std::string SourcePosition::ToString() const {
  if (gtid_set.empty()) return fmt::format("{}:{}", file, offset);
  return fmt::format("{}:{} ({})", file, offset, gtid_set);
}

std::string ToJson(const SourcePosition& position) {
  JsonWriter json;
  json.BeginObject()
      .Member("epoch", std::int64_t{position.epoch.value()})
      .Member("server", position.server)
      .Member("file", position.file)
      .Member("pos", static_cast<std::int64_t>(position.offset))
      .Member("gtid", position.gtid_set)
      .EndObject();
  return json.Take();
}

Result<SourcePosition> SourcePositionFromJson(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               fmt::format("not a source position: {}", json));
  }
  SourcePosition position;
  position.epoch = SourceEpoch(static_cast<std::uint16_t>(Number(root, "epoch")));
  position.server = Text(root, "server");
  position.file = Text(root, "file");
  position.offset = Number(root, "pos");
  position.gtid_set = Text(root, "gtid");
  return position;
}

}  // namespace foreset
