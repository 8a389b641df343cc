// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/record_decoder.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/source_block.h"
#include "foreset/capture/kafka/message_place.h"
#include "foreset/capture/kafka/message_statements.h"
#include "foreset/capture/mysql/reserved_names.h"

namespace foreset::kafka {
namespace {

// The connector writes a statement before the rows that need it, to another partition: so long it
// may take to be seen after them.
constexpr std::chrono::seconds kStatementWait{5};
constexpr std::string_view kOfStoppedTable = "stopped table";

Error At(const Record& record, Error error) {
  return std::move(error).Within(
      fmt::format("{} [{}] at {}", record.topic(), record.partition(), record.offset().value()));
}

// Errors of one record or table; the others are of the machinery.
bool IsOfTable(const Error& error) {
  return error.kind == ErrorKind::kInvalidInput || error.kind == ErrorKind::kUnsupported;
}

Error UnplacedTombstone() {
  return {ErrorKind::kInvalidInput,
          topics_error::kTombstoneUnplaced,
          "a record without a value among unwrapped rows: a delete whose place is not told",
          {}};
}

// Of a table that begins with its rows: a reset alone reads the same ones again.
std::optional<Error> ReservedNameIn(const TableSchema& table) {
  auto error = mysql::ReservedNameIn(table);
  if (error) {
    error->next_step =
        "Rename the column at the source, delete the table's topic, and let the connector write it "
        "again with a new snapshot. Or leave the topic out of source.kafka.topics.";
  }
  return error;
}

}  // namespace

RecordDecoder::RecordDecoder(const KafkaOptions& options, const SourcePosition& from, Shared shared)
    : shared_(shared), reader_(options.modes), origins_(options), newest_(from) {}

// ---- records

Status RecordDecoder::Decode(ReadPartition& partition, CaptureRound& round) {
  if (const auto before = std::exchange(partition.before, std::nullopt)) {
    const auto message = reader_.Read(before->value());
    if (message && IsRow(*message)) NoteRow(*message, *before, partition);
  }
  while (!partition.waiting.empty()) {
    Decoding decoding{partition, round, partition.waiting.front(), partition.last};
    RETURN_IF_ERROR(DecodeRecord(decoding));
    if (decoding.held) return {};
    partition.last = decoding.last;
    partition.position.next_offset = decoding.record.offset().Next();
    partition.waiting.pop_front();
    ++round.records;
  }
  partition.position.next_offset = std::max(partition.position.next_offset, partition.end);
  return {};
}

Status RecordDecoder::DecodeRecord(Decoding& decoding) {
  const auto message = reader_.Read(decoding.record.value());
  if (message && IsRow(*message)) return DecodeChange(*message, decoding);
  if (message && message->kind != debezium::MessageKind::kTombstone) {
    Filter(debezium::NameOf(message->kind), decoding);
  } else if (shared_.tables.HasStopped(decoding.record.topic())) {
    Filter(kOfStoppedTable, decoding);
  } else if (message) {
    TakeTombstone(decoding);
  } else if (message.error().kind == ErrorKind::kUnsupported) {
    StopTopic(message.error(), decoding);
  } else {
    Quarantine(message.error(), nullptr, Sequence(), decoding);
  }
  return {};
}

void RecordDecoder::Filter(std::string_view reason, Decoding& decoding) {
  ++decoding.round.filtered[std::string(reason)];
}

void RecordDecoder::Quarantine(Error error, const debezium::Message* message, Sequence sequence,
                               Decoding& decoding) {
  const Record& record = decoding.record;
  QuarantinedRecord quarantined{.table = TopicNames::TableByName(record.topic()),
                                .sequence = sequence,
                                .transaction = {},
                                .code = error.code,
                                .reason = std::move(error.message),
                                .bytes = std::string(record.value().value_or("")),
                                .topic = std::string(record.topic()),
                                .partition = record.partition(),
                                .offset = record.offset()};
  if (message != nullptr) {
    quarantined.table = TableOf(*message, record.topic());
    quarantined.transaction = debezium::TransactionOf(message->source, message->transaction.id);
  }
  decoding.round.items.emplace_back(std::move(quarantined));
}

void RecordDecoder::TakeTombstone(Decoding& decoding) {
  const bool placed = decoding.partition.tombstones.Tombstone(decoding.record.key());
  if (placed || !unwrapped_.contains(decoding.record.topic())) {
    Filter(debezium::NameOf(debezium::MessageKind::kTombstone), decoding);
  } else {
    StopTopic(UnplacedTombstone(), decoding);
  }
}

// False when the topic turns out to be unwrapped, and deletes of it have been passed over.
bool RecordDecoder::NoteRow(const debezium::Message& message, const Record& record,
                            ReadPartition& partition) {
  partition.tombstones.Row(message, record.key());
  TopicTable* table = shared_.tables.Find(TableOf(message, record.topic()));
  if (table != nullptr) table->FeedBy(record.topic());
  if (message.kind != debezium::MessageKind::kUnwrapped) return true;
  if (!unwrapped_.emplace(record.topic()).second) return true;
  return std::ranges::none_of(shared_.partitions, [&](const auto& entry) {
    return entry.first.first == record.topic() && entry.second.tombstones.unplaced();
  });
}

// ---- rows

Status RecordDecoder::DecodeChange(const debezium::Message& message, Decoding& decoding) {
  TopicTable& table = shared_.tables.At(TableOf(message, decoding.record.topic()));
  const bool complete = NoteRow(message, decoding.record, decoding.partition);
  shared_.tables.Claim(table);
  if (!complete) StopTopic(UnplacedTombstone(), decoding);
  const SourceEpoch epoch = shared_.epochs.EpochOf(message.source, decoding.last);
  const auto sequence =
      PlaceOf(message, epoch, decoding.record.partition(), decoding.record.offset());
  const Sequence at = sequence ? *sequence : decoding.partition.position.highest;
  if (!sequence) StopTable(table, sequence.error(), at, decoding);
  decoding.held = table.Holds(at);
  if (!decoding.held && table.has_stopped()) {
    Filter(kOfStoppedTable, decoding);
    return {};
  }
  if (!decoding.held) RETURN_IF_ERROR(DecodeRow(message, table, at, decoding));
  if (decoding.held) decoding.partition.held_at = at;
  return {};
}

Status RecordDecoder::DecodeRow(const debezium::Message& message, TopicTable& table,
                                Sequence sequence, Decoding& decoding) {
  Status taken;
  if (table.schema() == nullptr && table.statements.empty()) {
    taken = Begin(message, table, sequence, decoding);
  }
  if (taken && table.schema() == nullptr) {
    decoding.held = true;
    return {};
  }
  if (taken) taken = FollowMessage(message, table, sequence, decoding);
  if (decoding.held) return {};
  if (taken) {
    const Record& record = decoding.record;
    taken =
        table.rows.Append(message, sequence, record.topic(),
                          {.topic = 0, .partition = record.partition(), .offset = record.offset()});
  }
  if (!taken) return Misfit(std::move(taken).error(), message, table, sequence, decoding);
  auto& highest = decoding.partition.position.highest;
  highest = std::max(highest, sequence);
  newest_.Take(message, sequence);
  return {};
}

Status RecordDecoder::Begin(const debezium::Message& message, TopicTable& table, Sequence sequence,
                            Decoding& decoding) {
  const TableOrigin origin = TRY(origins_.Find(table.id(), message, decoding.record.key()));
  if (const auto reserved = ReservedNameIn(*origin.schema)) {
    StopTable(table, *reserved, sequence, decoding);
    return {};
  }
  table.rows.SetSchema(origin.schema, origin.since);
  shared_.schemas.Put(origin.schema, origin.since);
  decoding.round.items.emplace_back(BeginsWith(origin, message));
  return {};
}

// Where nothing else tells the table, another schema of its messages is a statement.
Status RecordDecoder::FollowMessage(const debezium::Message& message, TopicTable& table,
                                    Sequence sequence, Decoding& decoding) {
  if (message.connect == nullptr || message.connect == table.connect ||
      shared_.schemas.Tells(table.id()) || !origins_.OnlyMessagesTell(table.id())) {
    return {};
  }
  const TableSchema described = TRY(origins_.Described(table.id(), message, decoding.record.key()));
  auto change = ToldBy(message, sequence, *table.schema(), described);
  if (!change) {
    table.connect = message.connect;
    return {};
  }
  // A row of an older schema, late.
  if (table.rows.gate.RuleFor(sequence) == debezium::Conform::kByName) return {};
  // Another partition may have come to the new schema first, at a later place.
  table.statements.Replace(StepOf(*std::move(change)));
  shared_.tables.Notice(table);
  decoding.held = true;
  return {};
}

Status RecordDecoder::Misfit(Error error, const debezium::Message& message, TopicTable& table,
                             Sequence sequence, Decoding& decoding) {
  if (!IsOfTable(error)) return std::unexpected(At(decoding.record, std::move(error)));
  const bool told = !shared_.schemas.positions().empty();
  switch (table.rows.gate.Judge(sequence, error, shared_.clock.Steady(),
                                told ? kStatementWait : std::chrono::seconds(0))) {
    case Unfit::kQuarantine:
      Quarantine(std::move(error), &message, sequence, decoding);
      break;
    case Unfit::kStop:
      if (!LeaveOut(message, table, sequence)) {
        StopTable(table, UnfitStop(error), sequence, decoding);
      }
      decoding.held = true;
      break;
    case Unfit::kHold:
      decoding.held = true;
  }
  return {};
}

// What the first row of all lacks, the connector leaves out. True when it is so.
bool RecordDecoder::LeaveOut(const debezium::Message& message, TopicTable& table,
                             Sequence sequence) {
  const bool has_rows = std::ranges::any_of(shared_.partitions, [&](const auto& entry) {
    return table.IsFedBy(entry.first.first) && entry.second.position.highest != Sequence();
  });
  if (has_rows || table.schema() == nullptr || !shared_.schemas.Tells(table.id())) return false;
  auto left = LeftOutBy(message, sequence, *table.schema());
  if (!left) return false;
  shared_.schemas.LeaveOut(left->change.after, left->columns, sequence);
  table.statements.AddFirst(StepOf(std::move(left->change)));
  shared_.tables.Notice(table);
  return true;
}

// ---- stops

void RecordDecoder::StopTable(TopicTable& table, const Error& error, Sequence at,
                              Decoding& decoding) const {
  table.Stop(At(decoding.record, error), at, newest_.committed_at());
}

// Stops what the record's topic feeds.
void RecordDecoder::StopTopic(const Error& error, Decoding& decoding) {
  shared_.tables.StopTopic(decoding.record.topic(), At(decoding.record, error),
                           decoding.partition.position.highest, newest_.committed_at());
  decoding.held = true;
}

}  // namespace foreset::kafka
