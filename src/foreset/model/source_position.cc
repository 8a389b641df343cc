// SPDX-License-Identifier: MIT
#include "foreset/model/source_position.h"

#include <algorithm>
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

void WriteMark(JsonWriter& json, const TransactionMark& mark) {
  json.Key("newest")
      .BeginObject()
      .Member("server", mark.server)
      .Member("file", mark.file)
      .Member("file_begun", std::int64_t{mark.file_begun});
  if (mark.end != 0) {
    json.Member("begin", static_cast<std::int64_t>(mark.begin))
        .Member("end", static_cast<std::int64_t>(mark.end))
        .Member("checksum", std::int64_t{mark.checksum})
        .Member("gtid", mark.gtid)
        .Member("original_commit", mark.original_commit.value());
  }
  json.EndObject();
}

void WriteOpen(JsonWriter& json, const std::vector<OpenTransaction>& open) {
  json.Key("open").BeginArray();
  for (const OpenTransaction& transaction : open) {
    json.BeginObject()
        .Member("id", transaction.id)
        .Member("prepared_at", transaction.prepared_at.value())
        .Member("from", transaction.asked_from)
        .EndObject();
  }
  json.EndArray();
}

void WritePartitions(JsonWriter& json, const SourcePosition& position) {
  json.Key("servers").BeginArray();
  for (const std::string& server : position.servers) json.String(server);
  json.EndArray().Key("partitions").BeginArray();
  for (const PartitionPosition& partition : position.partitions) {
    json.BeginObject()
        .Member("topic", partition.topic)
        .Member("partition", std::int64_t{partition.partition})
        .Member("next", partition.next_offset.value())
        .Member("seq", partition.highest.ToString());
    if (partition.keys_moved) json.Member("keys_moved", true);
    json.EndObject();
  }
  json.EndArray();
}

std::uint64_t Number(const simdjson::dom::element& object, const char* key) {
  std::uint64_t value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

bool Flag(const simdjson::dom::element& object, const char* key) {
  bool value = false;
  return object[key].get(value) == simdjson::SUCCESS && value;
}

void ReadMark(const simdjson::dom::element& root, TransactionMark& mark) {
  simdjson::dom::element object;
  if (root["newest"].get(object) != simdjson::SUCCESS || !object.is_object()) return;
  mark.server = Text(object, "server");
  mark.file = Text(object, "file");
  mark.file_begun = static_cast<std::uint32_t>(Number(object, "file_begun"));
  mark.begin = Number(object, "begin");
  mark.end = Number(object, "end");
  mark.checksum = static_cast<std::uint32_t>(Number(object, "checksum"));
  mark.gtid = Text(object, "gtid");
  mark.original_commit = Timestamp(static_cast<std::int64_t>(Number(object, "original_commit")));
}

void ReadOpen(const simdjson::dom::element& root, SourcePosition& position) {
  simdjson::dom::array list;
  if (root["open"].get(list) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element object : list) {
    position.open.push_back(
        {.id = Text(object, "id"),
         .prepared_at = Timestamp(static_cast<std::int64_t>(Number(object, "prepared_at"))),
         .asked_from = Text(object, "from")});
  }
}

void ReadPartitions(const simdjson::dom::element& root, SourcePosition& position) {
  simdjson::dom::array list;
  if (root["servers"].get(list) == simdjson::SUCCESS) {
    for (const simdjson::dom::element server : list) {
      std::string_view name;
      if (server.get(name) == simdjson::SUCCESS) position.servers.emplace_back(name);
    }
  }
  if (root["partitions"].get(list) != simdjson::SUCCESS) return;
  position.from_topics = true;
  for (const simdjson::dom::element object : list) {
    PartitionPosition& partition =
        PartitionIn(position.partitions, Text(object, "topic"),
                    static_cast<std::int32_t>(Number(object, "partition")));
    partition.next_offset = LogOffset(static_cast<std::int64_t>(Number(object, "next")));
    partition.highest = Sequence::Parse(Text(object, "seq")).value_or(Sequence());
    partition.keys_moved = Flag(object, "keys_moved");
  }
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

bool SourcePosition::Covers(const SourcePosition& wanted) const {
  if (!wanted.from_topics) return !from_topics && wanted.Floor() <= Floor();
  return std::ranges::all_of(wanted.partitions, [&](const PartitionPosition& partition) {
    const auto* own = FindPartition(partitions, partition.topic, partition.partition);
    const LogOffset next = own == nullptr ? LogOffset(0) : own->next_offset;
    return partition.next_offset <= next;
  });
}

std::string SourcePosition::ToString() const {
  if (from_topics && file.empty()) return fmt::format("{} partitions", partitions.size());
  std::string text = fmt::format("{}:{}", file, offset);
  if (!gtid_set.empty()) text += fmt::format(" ({})", gtid_set);
  if (from_topics) text += fmt::format(", {} partitions", partitions.size());
  return text;
}

std::string ToJson(const SourcePosition& position) {
  JsonWriter json;
  json.BeginObject()
      .Member("epoch", std::int64_t{position.epoch.value()})
      .Member("server", position.server)
      .Member("file", position.file)
      .Member("pos", static_cast<std::int64_t>(position.offset))
      .Member("gtid", position.gtid_set);
  if (!position.newest.empty()) WriteMark(json, position.newest);
  if (!position.open.empty()) WriteOpen(json, position.open);
  if (position.from_topics) WritePartitions(json, position);
  json.EndObject();
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
  ReadMark(root, position.newest);
  ReadOpen(root, position);
  ReadPartitions(root, position);
  return position;
}

}  // namespace foreset
