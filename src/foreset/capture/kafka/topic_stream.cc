// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/topics.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/schema_difference.h"
#include "foreset/capture/debezium/source_block.h"
#include "foreset/capture/kafka/message_place.h"

namespace foreset::kafka {
namespace {

// The connector writes a statement before the rows that need it, to another partition: so long it
// may take to be seen after them.
constexpr std::chrono::seconds kStatementWait{5};
constexpr std::string_view kOfStoppedTable = "stopped table";

// Of a table that stopped before it began, nothing may be known but its name.
std::shared_ptr<const TableSchema> SchemaOf(const FollowedTable& table) {
  return table.schema->columns.empty() ? nullptr : table.schema;
}

mysql::SchemaRegistry KnownSchemas(const std::vector<FollowedTable>& tables) {
  mysql::SchemaRegistry known;
  for (const FollowedTable& table : tables) {
    if (SchemaOf(table) == nullptr) continue;
    known.Put(table.schema, table.after);
    if (table.dropped) known.Erase(table.schema->id);
  }
  return known;
}

TableId TableOf(const mysql::DdlEffect& effect) {
  if (const auto* change = std::get_if<SchemaChange>(&effect)) return change->table;
  return std::get<mysql::TableTruncated>(effect).table;
}

bool Feeds(std::string_view topic, const TableId& id, const TableRows& table) {
  return TopicNames::IsOf(topic, id) || table.topics.contains(topic);
}

void FeedBy(std::string_view topic, TableRows& table) {
  if (!table.topics.contains(topic)) table.topics.emplace(topic);
}

Error At(const Record& record, Error error) {
  return std::move(error).Within(
      fmt::format("{} [{}] at {}", record.topic(), record.partition(), record.offset().value()));
}

// Errors of one record or table; the others are of the machinery.
bool IsOfTable(const Error& error) {
  return error.kind == ErrorKind::kInvalidInput || error.kind == ErrorKind::kUnsupported;
}

std::vector<std::string> KeyOf(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  return names;
}

Error UnplacedTombstone() {
  return {ErrorKind::kInvalidInput,
          topics_error::kTombstoneUnplaced,
          "a record without a value among unwrapped rows: a delete whose place is not told",
          {}};
}

// What existing rows get of a column with a default is not told as the server shows it.
void CheckDefaults(const debezium::ConnectSchema& fields, SchemaChange& change) {
  for (const ColumnChange& column : change.columns) {
    const auto* added = std::get_if<ColumnAdded>(&column);
    if (added == nullptr || change.cannot_follow) continue;
    const debezium::ConnectField* field = fields.Find(added->name);
    if (field == nullptr || !field->has_default) continue;
    change.cannot_follow =
        NotFollowed(fmt::format("column {} was added with a default, and messages do not tell what "
                                "existing rows get",
                                added->name));
  }
}

}  // namespace

TopicStream::TopicStream(const KafkaOptions& options, std::unique_ptr<RecordSource> source,
                         std::unique_ptr<SchemaTopics> schemas, const Clock& clock,
                         const SourcePosition& from)
    : options_(options),
      clock_(clock),
      queue_(options_, TopicNames(options.topics, options.schema_topic), std::move(source), clock,
             from),
      schemas_(std::move(schemas)),
      reader_(options.modes),
      epochs_(from.servers),
      from_(from),
      newest_(from),
      origins_(options_) {
  newest_.partitions.clear();
  newest_.from_topics = true;
}

Result<std::unique_ptr<ChangeStream>> TopicStream::Open(const KafkaOptions& options,
                                                        TopicReaders readers, const Clock& clock,
                                                        const SourcePosition& from,
                                                        const std::vector<FollowedTable>& tables) {
  const TopicNames names(options.topics, options.schema_topic);
  auto schemas = std::make_unique<SchemaTopics>(names, std::move(readers.statements),
                                                KnownSchemas(tables), options.modes);
  std::unique_ptr<TopicStream> stream(
      new TopicStream(options, std::move(readers.rows), std::move(schemas), clock, from));
  for (const FollowedTable& table : tables) {
    auto& rows =
        stream->tables_.try_emplace(table.schema->id, nullptr, stream->options_).first->second;
    rows.SetSchema(SchemaOf(table), table.after);
    rows.stopped = table.stopped;
  }
  RETURN_IF_ERROR(stream->queue_.LookForTopics());
  return stream;
}

// ---- schema changes

Status TopicStream::ReadSchemas() {
  std::set<TableId> waiting;
  for (SchemaStep& step : TRY(schemas_->ReadToEnd(queue_.all_topics(), epochs_))) {
    const TableId id = TableOf(step.effect);
    if (!step.wanted && !tables_.contains(id)) {
      unclaimed_[id].push_back(std::move(step));
      continue;
    }
    Queue(id, std::move(step));
    waiting.insert(id);
  }
  return NoteEnds(waiting);
}

void TopicStream::Queue(const TableId& id, SchemaStep step) {
  TableRows& table = tables_.try_emplace(id, nullptr, options_).first->second;
  const auto* change = std::get_if<SchemaChange>(&step.effect);
  const bool begins = change != nullptr && (change->after != nullptr || change->cannot_follow);
  if (table.schema() == nullptr && table.steps.empty() && !begins) return;
  table.steps.push_back(std::move(step));
}

// The statements of a table whose rows come in a topic of another name.
void TopicStream::Claim(const TableId& id) {
  const auto unclaimed = unclaimed_.find(id);
  if (unclaimed == unclaimed_.end()) return;
  for (SchemaStep& step : unclaimed->second) Queue(id, std::move(step));
  unclaimed_.erase(unclaimed);
}

// What the statements of these tables wait for: where the tables' partitions end now.
Status TopicStream::NoteEnds(const std::set<TableId>& waiting) {
  std::map<std::string, std::int32_t> topics;
  const auto each = [&](const auto& note) {
    for (const TableId& id : waiting) {
      TableRows& table = tables_.at(id);
      for (const auto& [key, partition] : queue_.partitions()) {
        if (Feeds(key.first, id, table)) note(table, key);
      }
    }
  };
  each([&](TableRows&, const PartitionKey& key) {
    topics[key.first] = queue_.partitions().at(key).partitions_of_topic;
  });
  if (topics.empty()) return {};
  const PartitionMarks marks = TRY(queue_.Ends(topics));
  each([&](TableRows& table, const PartitionKey& key) { table.ends[key] = marks.at(key).high; });
  return {};
}

bool TopicStream::IsReleasable(const TableRows& table) const {
  const Sequence at = table.steps.front().sequence;
  return table.schema() == nullptr || std::ranges::all_of(table.ends, [&](const auto& end) {
           const ReadPartition& partition = queue_.partitions().at(end.first);
           return partition.position.next_offset >= end.second ||
                  (partition.held_at && *partition.held_at >= at);
         });
}

Status TopicStream::Release(CaptureRound& round) {
  for (auto& [id, table] : tables_) {
    table.resting = false;
    if (table.stop) {
      round.items.emplace_back(*std::exchange(table.stop, std::nullopt));
      table.stopped = true;
    }
    while (!table.steps.empty() && !table.resting && IsReleasable(table)) {
      SchemaStep step = std::move(table.steps.front());
      table.steps.pop_front();
      RETURN_IF_ERROR(Apply(table, std::move(step), round));
    }
  }
  for (auto& [key, partition] : queue_.partitions()) partition.held_at.reset();
  return {};
}

// The rows of a TRUNCATE's round are the TRUNCATE alone: a table has one batch in a round.
Status TopicStream::Apply(TableRows& table, SchemaStep step, CaptureRound& round) {
  if (auto* change = std::get_if<SchemaChange>(&step.effect)) {
    const bool created = change->kind == SchemaChangeKind::kCreate && !change->cannot_follow;
    if (table.stopped && !created && change->kind != SchemaChangeKind::kDrop) return {};
    table.stopped = change->cannot_follow || (table.stopped && !created);
    if (change->after != nullptr && !table.stopped) table.SetSchema(change->after, step.sequence);
    round.items.emplace_back(std::move(*change));
    return {};
  }
  if (table.schema() == nullptr || table.stopped) return {};
  table.topics.insert(step.topic);
  round.items.emplace_back(TRY(table.Truncation(step)));
  table.resting = true;
  return {};
}

// Where nothing else tells the table, another schema of its messages is a statement.
Status TopicStream::FollowMessage(const debezium::Message& message, TableRows& rows,
                                  Sequence sequence, Decoding& decoding) {
  const TableId& id = rows.schema()->id;
  if (message.connect == nullptr || message.connect == rows.connect || schemas_->Tells(id) ||
      !origins_.OnlyMessagesTell(id)) {
    return {};
  }
  TableSchema described = TRY(origins_.Described(id, message, decoding.record.key()));
  if (debezium::SameColumns(*rows.schema(), described) &&
      KeyOf(*rows.schema()) == KeyOf(described)) {
    rows.connect = message.connect;
    return {};
  }
  // A row of an older schema, late.
  if (rows.gate.RuleFor(sequence) == debezium::Conform::kByName) return {};
  SchemaChange change;
  change.table = id;
  change.sequence = sequence;
  change.committed_at = message.source.committed_at;
  change.gtid = message.source.gtid;
  change = debezium::DifferenceOf(*rows.schema(), described, std::move(change));
  CheckDefaults(*message.connect, change);
  // Another partition may have come to the new schema first, at a later place.
  rows.steps.clear();
  rows.steps.push_back({.sequence = sequence,
                        .effect = std::move(change),
                        .wanted = true,
                        .transaction = {},
                        .topic = {},
                        .place = {}});
  decoding.held = true;
  return NoteEnds({id});
}

// ---- stops

void TopicStream::StopTable(const TableId& id, TableRows& rows, Error error, Sequence at) {
  if (rows.stopped || rows.stop) return;
  error.kind = ErrorKind::kInvalidInput;
  rows.stop.emplace();
  rows.stop->table = id;
  rows.stop->sequence = std::max(at, rows.gate.since());
  rows.stop->committed_at = newest_commit_;
  rows.stop->cannot_follow = std::move(error);
}

// Stops what the record's topic feeds, the table of its name when that is nothing yet.
void TopicStream::StopTopic(const Error& error, Decoding& decoding) {
  const std::string_view topic = decoding.record.topic();
  const Sequence at = decoding.partition.position.highest;
  bool fed = false;
  for (auto& [id, table] : tables_) {
    if (!Feeds(topic, id, table)) continue;
    fed = true;
    StopTable(id, table, At(decoding.record, error), at);
  }
  if (!fed) {
    const TableId id = TopicNames::TableByName(topic);
    TableRows& table = tables_.try_emplace(id, nullptr, options_).first->second;
    FeedBy(topic, table);
    StopTable(id, table, At(decoding.record, error), at);
  }
  decoding.held = true;
}

bool TopicStream::HasStopped(std::string_view topic) const {
  bool stopped = false;
  for (const auto& [id, table] : tables_) {
    if (!Feeds(topic, id, table)) continue;
    if (!table.stopped) return false;
    stopped = true;
  }
  return stopped;
}

// ---- decoding

Result<CaptureRound> TopicStream::Next(const RoundLimits& limits, const std::stop_token& stop) {
  CaptureRound round;
  RETURN_IF_ERROR(Release(round));
  // What waits for a statement, or to stop, should not wait for the clock, too.
  const bool hasty =
      std::ranges::any_of(tables_, [](const auto& entry) { return !entry.second.steps.empty(); });
  RETURN_IF_ERROR(queue_.Fetch(limits, hasty || !round.items.empty(), stop));
  if (queue_.IsTimeToLook()) RETURN_IF_ERROR(queue_.LookForTopics());
  RETURN_IF_ERROR(ReadSchemas());
  RETURN_IF_ERROR(Decode(round));
  RETURN_IF_ERROR(queue_.Settle());
  round.newest_commit = newest_commit_;
  round.end = End();
  return round;
}

Status TopicStream::Decode(CaptureRound& round) {
  for (auto& [key, partition] : queue_.partitions()) {
    RETURN_IF_ERROR(DecodePartition(partition, round));
  }
  for (auto& [id, table] : tables_) {
    if (auto batch = TRY(table.Finish())) round.items.emplace_back(std::move(batch));
  }
  return {};
}

Status TopicStream::DecodePartition(ReadPartition& partition, CaptureRound& round) {
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

void TopicStream::Filter(std::string_view reason, Decoding& decoding) {
  ++decoding.round.filtered[std::string(reason)];
}

Status TopicStream::DecodeRecord(Decoding& decoding) {
  const auto message = reader_.Read(decoding.record.value());
  if (message && IsRow(*message)) return DecodeChange(*message, decoding);
  if (message && message->kind != debezium::MessageKind::kTombstone) {
    Filter(debezium::NameOf(message->kind), decoding);
  } else if (HasStopped(decoding.record.topic())) {
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

void TopicStream::TakeTombstone(Decoding& decoding) {
  const bool placed = decoding.partition.tombstones.Tombstone(decoding.record.key());
  if (placed || !unwrapped_.contains(decoding.record.topic())) {
    Filter(debezium::NameOf(debezium::MessageKind::kTombstone), decoding);
  } else {
    StopTopic(UnplacedTombstone(), decoding);
  }
}

// False when the topic turns out to be unwrapped, and deletes of it have been passed over.
bool TopicStream::NoteRow(const debezium::Message& message, const Record& record,
                          ReadPartition& partition) {
  partition.tombstones.Row(message, record.key());
  const auto known = tables_.find(TableOf(message, record.topic()));
  if (known != tables_.end()) FeedBy(record.topic(), known->second);
  if (message.kind != debezium::MessageKind::kUnwrapped) return true;
  if (!unwrapped_.emplace(record.topic()).second) return true;
  return std::ranges::none_of(queue_.partitions(), [&](const auto& entry) {
    return entry.first.first == record.topic() && entry.second.tombstones.unplaced();
  });
}

Status TopicStream::DecodeChange(const debezium::Message& message, Decoding& decoding) {
  const TableId id = TableOf(message, decoding.record.topic());
  TableRows& rows = tables_.try_emplace(id, nullptr, options_).first->second;
  const bool complete = NoteRow(message, decoding.record, decoding.partition);
  FeedBy(decoding.record.topic(), rows);
  if (unclaimed_.contains(id)) {
    Claim(id);
    RETURN_IF_ERROR(NoteEnds({id}));
  }
  if (!complete) StopTopic(UnplacedTombstone(), decoding);
  const SourceEpoch epoch = epochs_.EpochOf(message.source, decoding.last);
  const auto sequence =
      PlaceOf(message, epoch, decoding.record.partition(), decoding.record.offset());
  if (!sequence) {
    StopTable(id, rows, At(decoding.record, sequence.error()), decoding.partition.position.highest);
  }
  const Sequence at = sequence ? *sequence : decoding.partition.position.highest;
  const bool early = !rows.steps.empty() && rows.steps.front().sequence <= at;
  decoding.held = rows.stop || rows.resting || early;
  if (!decoding.held && rows.stopped) {
    Filter(kOfStoppedTable, decoding);
    return {};
  }
  if (!decoding.held) RETURN_IF_ERROR(DecodeRow(message, id, at, decoding));
  if (decoding.held) decoding.partition.held_at = at;
  return {};
}

Status TopicStream::DecodeRow(const debezium::Message& message, const TableId& id,
                              Sequence sequence, Decoding& decoding) {
  TableRows& rows = tables_.at(id);
  Status taken;
  if (rows.schema() == nullptr && rows.steps.empty()) taken = Begin(message, id, rows, decoding);
  if (taken && rows.schema() == nullptr) {
    decoding.held = true;
    return {};
  }
  if (taken) taken = FollowMessage(message, rows, sequence, decoding);
  if (decoding.held) return {};
  if (taken) {
    const Record& record = decoding.record;
    taken = rows.Append(message, sequence, record.topic(),
                        {.topic = 0, .partition = record.partition(), .offset = record.offset()});
  }
  if (!taken) return Misfit(std::move(taken).error(), message, id, sequence, decoding);
  Advance(message, sequence, decoding.partition);
  return {};
}

Status TopicStream::Misfit(Error error, const debezium::Message& message, const TableId& id,
                           Sequence sequence, Decoding& decoding) {
  if (!IsOfTable(error)) return std::unexpected(At(decoding.record, std::move(error)));
  TableRows& rows = tables_.at(id);
  const bool told = !schemas_->positions().empty();
  const auto now = clock_.Steady();
  switch (rows.gate.Judge(sequence, error, now, told ? kStatementWait : std::chrono::seconds(0))) {
    case Unfit::kQuarantine:
      Quarantine(std::move(error), &message, sequence, decoding);
      break;
    case Unfit::kStop:
      if (LeaveOut(message, id, sequence)) {
        decoding.held = true;
        return NoteEnds({id});
      }
      StopTable(id, rows, At(decoding.record, UnfitStop(error)), sequence);
      decoding.held = true;
      break;
    case Unfit::kHold:
      decoding.held = true;
  }
  return {};
}

// What the first row of all lacks, the connector leaves out: the table is without it. True when it
// is so.
bool TopicStream::LeaveOut(const debezium::Message& message, const TableId& id, Sequence sequence) {
  TableRows& rows = tables_.at(id);
  const bool has_rows = std::ranges::any_of(queue_.partitions(), [&](const auto& entry) {
    return Feeds(entry.first.first, id, rows) && entry.second.position.highest != Sequence();
  });
  if (has_rows || rows.schema() == nullptr || !schemas_->Tells(id)) return false;
  const auto columns =
      debezium::LeftOut(*rows.schema(), message.after.empty() ? message.before : message.after);
  if (columns.empty()) return false;
  TableSchema rest = debezium::Without(*rows.schema(), columns);
  rest.version = rest.version.Next();
  SchemaChange change;
  change.table = id;
  change.sequence = sequence;
  change.committed_at = message.source.committed_at;
  change.after = std::make_shared<const TableSchema>(std::move(rest));
  for (const std::string& column : columns) change.columns.emplace_back(ColumnDropped{column});
  schemas_->LeaveOut(change.after, columns, sequence);
  rows.steps.push_front({.sequence = sequence,
                         .effect = std::move(change),
                         .wanted = true,
                         .transaction = {},
                         .topic = {},
                         .place = {}});
  return true;
}

// A table that no statement described begins with the first of its rows.
Status TopicStream::Begin(const debezium::Message& message, const TableId& id, TableRows& rows,
                          Decoding& decoding) {
  const TableOrigin origin = TRY(origins_.Find(id, message, decoding.record.key()));
  rows.SetSchema(origin.schema, origin.since);
  schemas_->Put(origin.schema, origin.since);
  SchemaChange created;
  created.kind = SchemaChangeKind::kCreate;
  created.table = id;
  created.sequence = origin.since;
  created.committed_at = message.source.committed_at;
  created.after = origin.schema;
  decoding.round.items.emplace_back(std::move(created));
  return {};
}

void TopicStream::Quarantine(Error error, const debezium::Message* message, Sequence sequence,
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

void TopicStream::Advance(const debezium::Message& message, Sequence sequence,
                          ReadPartition& partition) {
  partition.position.highest = std::max(partition.position.highest, sequence);
  if (sequence < newest_sequence_) return;
  newest_sequence_ = sequence;
  newest_.epoch = SourceEpoch(sequence.epoch());
  newest_.file = message.source.file;
  newest_.offset = message.source.position.value_or(0);
  if (!message.source.gtid.empty()) newest_.gtid_set = message.source.gtid;
  if (message.source.server_id != 0) newest_.server = fmt::format("{}", message.source.server_id);
  newest_commit_ = message.source.committed_at;
}

SourcePosition TopicStream::End() const {
  SourcePosition end = newest_;
  end.servers = epochs_.Describe();
  end.partitions = schemas_->positions();
  // A statement that waits is not covered.
  for (const auto& [id, table] : tables_) {
    for (const SchemaStep& step : table.steps) {
      if (step.topic.empty()) continue;
      auto& position = PartitionIn(end.partitions, step.topic, step.place.partition);
      position.next_offset = std::min(position.next_offset, step.place.offset);
    }
  }
  for (const auto& [key, partition] : queue_.partitions()) {
    PartitionIn(end.partitions, key.first, key.second) = partition.position;
  }
  // Never back: topics that nobody asks for any more keep what was read of them.
  for (const PartitionPosition& before : from_.partitions) {
    if (FindPartition(end.partitions, before.topic, before.partition) == nullptr) {
      PartitionIn(end.partitions, before.topic, before.partition) = before;
    }
  }
  return end;
}

void TopicStream::MadeDurable(const SourcePosition& position) {
  queue_.source().Publish(position.partitions);
}

}  // namespace foreset::kafka
