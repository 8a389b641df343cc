// SPDX-License-Identifier: MIT
#include "foreset/model/source_position.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_fields.h"
#include "foreset/base/json_writer.h"

namespace foreset {
namespace {

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

// What is stored was written here: a member that is missing or of another type is damage, and never
// taken for a beginning.
class StoredPosition {
 public:
  explicit StoredPosition(simdjson::dom::object object) : fields_(object, "a position", kDamaged) {}

  Result<SourcePosition> Read() {
    SourcePosition position;
    position.epoch = SourceEpoch(static_cast<std::uint16_t>(fields_.Unsigned("epoch")));
    position.server = fields_.Text("server");
    position.file = fields_.Text("file");
    position.offset = fields_.Unsigned("pos");
    position.gtid_set = fields_.Text("gtid");
    if (const auto newest = fields_.OptionalObject("newest")) {
      RETURN_IF_ERROR(ReadMark(*newest, position.newest));
    }
    for (const auto& open : fields_.Objects("open")) {
      RETURN_IF_ERROR(ReadOpen(open, position.open.emplace_back()));
    }
    position.servers = fields_.OptionalTexts("servers").value_or(std::vector<std::string>{});
    position.from_topics = fields_.Has("partitions");
    for (const auto& partition : fields_.Objects("partitions")) {
      RETURN_IF_ERROR(ReadPartition(partition, position.partitions));
    }
    RETURN_IF_ERROR(fields_.status());
    return position;
  }

 private:
  static constexpr ErrorCode kDamaged = ErrorCode::kProgressDamaged;

  static Status ReadMark(simdjson::dom::object object, TransactionMark& mark) {
    JsonFields fields(object, "a position's newest transaction", kDamaged);
    mark.server = fields.Text("server");
    mark.file = fields.Text("file");
    mark.file_begun = static_cast<std::uint32_t>(fields.Unsigned("file_begun"));
    if (!fields.Has("end")) return fields.status();  // a log without a transaction
    mark.begin = fields.Unsigned("begin");
    mark.end = fields.Unsigned("end");
    mark.checksum = static_cast<std::uint32_t>(fields.Unsigned("checksum"));
    mark.gtid = fields.Text("gtid");
    mark.original_commit = Timestamp(fields.Int("original_commit"));
    return fields.status();
  }

  static Status ReadOpen(simdjson::dom::object object, OpenTransaction& transaction) {
    JsonFields fields(object, "a position's open transaction", kDamaged);
    transaction.id = fields.Text("id");
    transaction.prepared_at = Timestamp(fields.Int("prepared_at"));
    transaction.asked_from = fields.Text("from");
    return fields.status();
  }

  static Status ReadPartition(simdjson::dom::object object, std::vector<PartitionPosition>& all) {
    JsonFields fields(object, "a position's partition", kDamaged);
    const std::string topic = fields.Text("topic");
    const auto number = static_cast<std::int32_t>(fields.Int("partition"));
    const LogOffset next(fields.Int("next"));
    const auto highest = Sequence::Parse(fields.Text("seq"));
    if (!highest) fields.Fail("'seq' is not a sequence");
    const bool keys_moved = fields.Flag("keys_moved", false);
    RETURN_IF_ERROR(fields.status());
    PartitionPosition& partition = PartitionIn(all, topic, number);
    partition.next_offset = next;
    partition.highest = *highest;
    partition.keys_moved = keys_moved;
    return {};
  }

  JsonFields fields_;
};

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
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               fmt::format("not a source position: {}", json));
  }
  return StoredPosition(object).Read();
}

}  // namespace foreset
