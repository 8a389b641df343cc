// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/topic_stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/json_writer.h"
#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/source_block.h"

namespace foreset::kafka {
namespace {

constexpr std::size_t kMostRecords = 2000;
constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::seconds kLookForTopics{3};
// A partition with so many records waiting for a statement is not fetched further.
constexpr std::size_t kMostWaiting = 4000;

mysql::SchemaRegistry KnownSchemas(const std::vector<FollowedTable>& tables) {
  mysql::SchemaRegistry known;
  for (const FollowedTable& table : tables) {
    known.Put(table.schema, table.after);
    if (table.dropped) known.Erase(table.schema->id);
  }
  return known;
}

// The key's fields: by its own schema, else by their names alone. Nothing without a key.
Result<std::optional<debezium::ConnectSchema>> KeySchemaOf(std::optional<std::string_view> key) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object fields;
  if (!key || parser.parse(key->data(), key->size()).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (simdjson::dom::element schema; root["schema"].get(schema) == simdjson::SUCCESS) {
    return TRY(debezium::ConnectSchema::Parse(simdjson::minify(schema)));
  }
  if (root.get(fields) != simdjson::SUCCESS) return std::nullopt;
  JsonWriter json;
  json.BeginObject().Member("type", "struct").Key("fields").BeginArray();
  for (const auto field : fields) {
    json.BeginObject().Member("type", "string").Member("field", field.key).EndObject();
  }
  json.EndArray().EndObject();
  return TRY(debezium::ConnectSchema::Parse(json.Take()));
}

}  // namespace

TopicStream::TopicStream(const KafkaOptions& options, std::unique_ptr<Consumer> consumer,
                         std::unique_ptr<SchemaTopics> schemas, const SourcePosition& from)
    : options_(options),
      names_(options.topics, options.schema_topic),
      consumer_(std::move(consumer)),
      schemas_(std::move(schemas)),
      reader_(options.modes),
      epochs_(from.servers),
      from_(from),
      newest_(from) {
  newest_.partitions.clear();
  newest_.from_topics = true;
}

Result<std::unique_ptr<ChangeStream>> TopicStream::Open(const KafkaOptions& options,
                                                        const SourcePosition& from,
                                                        const std::vector<FollowedTable>& tables) {
  const TopicNames names(options.topics, options.schema_topic);
  auto schemas = TRY(SchemaTopics::Open(options, names, KnownSchemas(tables)));
  std::unique_ptr<TopicStream> stream(
      new TopicStream(options, TRY(Consumer::Open(options)), std::move(schemas), from));
  for (const FollowedTable& table : tables) {
    stream->tables_.try_emplace(table.schema->id, table.schema, stream->options_);
  }
  RETURN_IF_ERROR(stream->LookForTopics());
  return stream;
}

// ---- topics and partitions

Status TopicStream::LookForTopics() {
  looked_ = std::chrono::steady_clock::now();
  all_topics_ = TRY(consumer_->ListTopics());
  const auto matching = names_.Matching(all_topics_);
  for (const auto& [key, partition] : partitions_) {
    if (matching.contains(key.first)) continue;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaTopicReplaced,
               fmt::format("topic {} is gone", key.first));
  }
  return AddPartitions(matching);
}

Status TopicStream::AddPartitions(const std::map<std::string, std::int32_t>& topics) {
  std::map<std::string, std::int32_t> changed;
  for (const auto& [topic, count] : topics) {
    if (!partitions_.contains({topic, count - 1})) changed[topic] = count;
  }
  if (changed.empty()) return {};
  const PartitionMarks marks = TRY(consumer_->QueryWatermarks(changed));
  std::vector<PartitionPosition> fresh;
  for (const auto& [topic, count] : changed) {
    // Keys go to other partitions from now on than their older rows.
    const bool known =
        partitions_.contains({topic, 0}) || FindPartition(from_.partitions, topic, 0) != nullptr;
    const bool grown = known && FindPartition(from_.partitions, topic, count - 1) == nullptr;
    for (std::int32_t number = 0; number < count; ++number) {
      const PartitionKey key{topic, number};
      const auto [at, is_new] = partitions_.try_emplace(key);
      Partition& partition = at->second;
      partition.partitions_of_topic = count;
      if (is_new) {
        if (const auto* stored = FindPartition(from_.partitions, topic, number)) {
          partition.position = *stored;
          partition.last = {.file_number = stored->highest.file_number(),
                            .position = stored->highest.position(),
                            .committed_at = Timestamp(0)};
        }
        partition.position.topic = topic;
        partition.position.partition = number;
        partition.position.next_offset = TRY(BeginningOf(key, marks.at(key)));
        fresh.push_back(partition.position);
      }
      if (grown) partition.position.keys_moved = true;
    }
  }
  return consumer_->Add(fresh);
}

// Where reading goes on; an offset that Kafka does not have any more, or not yet, ends it.
Result<LogOffset> TopicStream::BeginningOf(const PartitionKey& key, const Watermarks& marks) const {
  const auto& [topic, number] = key;
  const auto* stored = FindPartition(from_.partitions, topic, number);
  const LogOffset next = stored != nullptr ? stored->next_offset : LogOffset(0);
  if (next > marks.high) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaTopicReplaced,
               fmt::format("{} [{}] ends at {}, the lake has its records up to {}", topic, number,
                           marks.high.value(), next.value()));
  }
  if (next < marks.low && next.value() == 0 && options_.begin_with_what_is_kept) return marks.low;
  if (next < marks.low) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaOffsetLost,
               fmt::format("{} [{}] begins at {}, the lake needs its records from {}", topic,
                           number, marks.low.value(), next.value()),
               next.value() != 0 ? ""
                                 : "To begin with what is kept, knowing that the rest is missing, "
                                   "set source.kafka.begin: kept.");
  }
  return next;
}

// ---- fetching

std::size_t TopicStream::Take(std::vector<Record> records) {
  std::size_t taken = 0;
  for (Record& record : records) {
    const auto at = partitions_.find({std::string(record.topic()), record.partition()});
    if (at == partitions_.end()) continue;
    Partition& partition = at->second;
    if (record.is_end()) {
      partition.end = record.offset();
      continue;
    }
    // What a pause sends again.
    const LogOffset expected = partition.waiting.empty() ? partition.position.next_offset
                                                         : partition.waiting.back().offset().Next();
    if (record.offset() < expected) continue;
    fetched_bytes_ += record.bytes();
    ++taken;
    partition.waiting.push_back(std::move(record));
  }
  return taken;
}

bool TopicStream::HasFetched(const SourcePosition& until) const {
  return std::ranges::all_of(until.partitions, [this](const PartitionPosition& wanted) {
    const auto at = partitions_.find({wanted.topic, wanted.partition});
    if (at == partitions_.end()) return true;  // a schema-change topic: read to its end anyway
    const Partition& partition = at->second;
    const LogOffset next = partition.waiting.empty() ? partition.position.next_offset
                                                     : partition.waiting.back().offset().Next();
    return std::max(next, partition.end) >= wanted.next_offset;
  });
}

bool TopicStream::AnyWaiting() const {
  return std::ranges::any_of(partitions_, [](const auto& entry) {
    return !entry.second.waiting.empty() && !entry.second.held_at;
  });
}

Status TopicStream::Fetch(const RoundLimits& limits, const std::stop_token& stop) {
  const auto began = std::chrono::steady_clock::now();
  std::optional<std::chrono::steady_clock::time_point> first;
  if (AnyWaiting()) first = began;
  const auto held = [this] {
    return std::ranges::any_of(tables_,
                               [](const auto& entry) { return !entry.second.steps.empty(); });
  };
  for (;;) {
    if (stop.stop_requested()) {
      return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "reading topics was stopped");
    }
    const std::size_t taken = Take(TRY(consumer_->Poll(kMostRecords, kPoll)));
    const auto now = std::chrono::steady_clock::now();
    if (taken > 0 && !first) first = now;
    if (fetched_bytes_ >= limits.bytes) return {};
    if (limits.until && HasFetched(*limits.until)) return {};
    // What waits for a statement should not wait for the clock, too.
    if (taken == 0 && held()) return {};
    if (first ? now - *first >= limits.interval : now - began >= limits.idle) return {};
  }
}

Status TopicStream::Unpause() {
  for (auto& [key, partition] : partitions_) {
    const bool full = partition.waiting.size() >= kMostWaiting;
    if (full == partition.paused) continue;
    RETURN_IF_ERROR(full ? consumer_->Pause(key.first, key.second)
                         : consumer_->Resume(key.first, key.second));
    partition.paused = full;
  }
  return {};
}

// ---- schema changes

Status TopicStream::ReadSchemas() {
  std::set<TableId> waiting;
  for (SchemaStep& step : TRY(schemas_->ReadToEnd(all_topics_, epochs_))) {
    const auto* change = std::get_if<SchemaChange>(&step.effect);
    const TableId id =
        change != nullptr ? change->table : std::get<mysql::TableTruncated>(step.effect).table;
    const auto [at, is_new] = tables_.try_emplace(id, nullptr, options_);
    TableRows& table = at->second;
    if (table.schema() == nullptr && (change == nullptr || change->after == nullptr)) continue;
    table.steps.push_back(std::move(step));
    waiting.insert(id);
  }
  return NoteEnds(waiting);
}

// What the statements of these tables wait for: where the tables' partitions end now.
Status TopicStream::NoteEnds(const std::set<TableId>& waiting) {
  std::map<std::string, std::int32_t> topics;
  const auto each = [&](const auto& note) {
    for (const TableId& id : waiting) {
      TableRows& table = tables_.at(id);
      for (const auto& [key, partition] : partitions_) {
        if (TopicNames::IsOf(key.first, id) || table.topics.contains(key.first)) note(table, key);
      }
    }
  };
  each([&](TableRows&, const PartitionKey& key) {
    topics[key.first] = partitions_.at(key).partitions_of_topic;
  });
  if (topics.empty()) return {};
  const PartitionMarks marks = TRY(consumer_->QueryWatermarks(topics));
  each([&](TableRows& table, const PartitionKey& key) { table.ends[key] = marks.at(key).high; });
  return {};
}

bool TopicStream::IsReleasable(const TableRows& table) const {
  const Sequence at = table.steps.front().sequence;
  return table.schema() == nullptr || std::ranges::all_of(table.ends, [&](const auto& end) {
           const Partition& partition = partitions_.at(end.first);
           return partition.position.next_offset >= end.second ||
                  (partition.held_at && *partition.held_at >= at);
         });
}

Status TopicStream::Release(CaptureRound& round) {
  for (auto& [id, table] : tables_) {
    table.resting = false;
    while (!table.steps.empty() && !table.resting && IsReleasable(table)) {
      SchemaStep step = std::move(table.steps.front());
      table.steps.pop_front();
      RETURN_IF_ERROR(Apply(table, std::move(step), round));
    }
  }
  for (auto& [key, partition] : partitions_) partition.held_at.reset();
  return {};
}

// The rows of a TRUNCATE's round are the TRUNCATE alone: a table has one batch in a round.
Status TopicStream::Apply(TableRows& table, SchemaStep step, CaptureRound& round) {
  if (auto* change = std::get_if<SchemaChange>(&step.effect)) {
    if (change->after != nullptr) table.SetSchema(change->after);
    round.items.emplace_back(std::move(*change));
    return {};
  }
  if (table.schema() == nullptr) return {};
  table.topics.insert(step.topic);
  round.items.emplace_back(TRY(table.Truncation(step)));
  table.resting = true;
  return {};
}

// ---- decoding

Result<CaptureRound> TopicStream::Next(const RoundLimits& limits, const std::stop_token& stop) {
  CaptureRound round;
  RETURN_IF_ERROR(Release(round));
  RETURN_IF_ERROR(Fetch(limits, stop));
  if (std::chrono::steady_clock::now() - looked_ >= kLookForTopics) {
    RETURN_IF_ERROR(LookForTopics());
  }
  RETURN_IF_ERROR(ReadSchemas());
  RETURN_IF_ERROR(Decode(round));
  RETURN_IF_ERROR(Unpause());
  round.newest_commit = newest_commit_;
  round.end = End();
  return round;
}

Status TopicStream::Decode(CaptureRound& round) {
  for (auto& [key, partition] : partitions_) RETURN_IF_ERROR(DecodePartition(partition, round));
  fetched_bytes_ = 0;
  for (const auto& [key, partition] : partitions_) {
    for (const Record& record : partition.waiting) fetched_bytes_ += record.bytes();
  }
  for (auto& [id, table] : tables_) {
    if (auto batch = TRY(table.Finish())) round.items.emplace_back(std::move(batch));
  }
  return {};
}

Status TopicStream::DecodePartition(Partition& partition, CaptureRound& round) {
  bool held = false;
  while (!partition.waiting.empty()) {
    RETURN_IF_ERROR(DecodeRecord(partition, round, held));
    if (held) return {};
    partition.position.next_offset = partition.waiting.front().offset().Next();
    partition.waiting.pop_front();
    ++round.records;
  }
  partition.position.next_offset = std::max(partition.position.next_offset, partition.end);
  return {};
}

Status TopicStream::DecodeRecord(Partition& partition, CaptureRound& round, bool& held) {
  const Record& record = partition.waiting.front();
  auto message = reader_.Read(record.value());
  if (!message) {
    Quarantine(std::move(message).error(), nullptr, record, Sequence(), round);
    return {};
  }
  if (message->kind == debezium::MessageKind::kChange ||
      message->kind == debezium::MessageKind::kUnwrapped) {
    return DecodeChange(*message, partition, round, held);
  }
  ++round.filtered[std::string(debezium::NameOf(message->kind))];
  return {};
}

Status TopicStream::DecodeChange(const debezium::Message& message, Partition& partition,
                                 CaptureRound& round, bool& held) {
  const Record& record = partition.waiting.front();
  const auto within = [&](Error error) {
    return std::unexpected(std::move(error).Within(
        fmt::format("{} [{}] at {}", record.topic(), record.partition(), record.offset().value())));
  };
  LastPlace last = partition.last;
  const SourceEpoch epoch = epochs_.EpochOf(message.source, last);
  auto sequence = SequenceOf(message, partition, epoch);
  if (!sequence) return within(std::move(sequence).error());
  auto table = TableOf(message, record, round);
  if (!table) return within(std::move(table).error());
  if (*table == nullptr) {
    ++round.filtered["other table"];
    return {};
  }
  TableRows& rows = **table;
  if (rows.resting || rows.schema() == nullptr ||
      (!rows.steps.empty() && rows.steps.front().sequence <= *sequence)) {
    held = true;
    partition.held_at = *sequence;
    return {};
  }
  const Status appended = rows.Append(message, *sequence, record);
  if (!appended) {
    if (appended.error().kind != ErrorKind::kInvalidInput) return within(appended.error());
    Quarantine(appended.error(), &message, record, *sequence, round);
    return {};
  }
  if (const auto at = rows.topics.find(record.topic()); at == rows.topics.end()) {
    rows.topics.emplace(record.topic());
  }
  partition.last = last;
  Advance(message, *sequence, partition);
  return {};
}

Result<Sequence> TopicStream::SequenceOf(const debezium::Message& message,
                                         const Partition& partition, SourceEpoch epoch) const {
  if (message.operation != Operation::kSnapshot) {
    return debezium::SequenceOf(message.source, message.operation, epoch);
  }
  return debezium::SnapshotSequenceOf(
      message.source, epoch,
      {.partition = static_cast<std::uint32_t>(partition.position.partition),
       .partitions = static_cast<std::uint32_t>(partition.partitions_of_topic),
       .offset = static_cast<std::uint64_t>(partition.waiting.front().offset().value())});
}

// The table's rows; null when nothing is to be had of it. A table that no statement described
// begins with the first of its rows.
Result<TableRows*> TopicStream::TableOf(const debezium::Message& message, const Record& record,
                                        CaptureRound& round) {
  TableId id{std::string(message.source.database), std::string(message.source.table)};
  if (id.table.empty()) id = TopicNames::TableByName(record.topic());
  const auto known = tables_.find(id);
  if (known != tables_.end() &&
      (known->second.schema() != nullptr || !known->second.steps.empty())) {
    return &known->second;
  }
  Sequence since;
  auto schema = TRY(FindSchema(id, message, record, since));
  TableRows& table = tables_.insert_or_assign(id, TableRows(schema, options_)).first->second;
  schemas_->Put(schema, since);
  round.items.emplace_back(SchemaChange{.kind = SchemaChangeKind::kCreate,
                                        .table = id,
                                        .sequence = since,
                                        .committed_at = message.source.committed_at,
                                        .after = schema});
  return &table;
}

Result<std::shared_ptr<const TableSchema>> TopicStream::FindSchema(const TableId& id,
                                                                   const debezium::Message& message,
                                                                   const Record& record,
                                                                   Sequence& since) {
  if (options_.server && !server_position_) {
    ServerTables server = TRY(options_.server());
    server_position_ = server.position;
    for (TableSchema& table : server.tables) {
      const TableId name = table.id;
      server_tables_[name] = std::make_shared<const TableSchema>(std::move(table));
    }
  }
  if (const auto at = server_tables_.find(id); at != server_tables_.end()) {
    since = server_position_->Floor();
    return at->second;
  }
  for (const debezium::DeclaredTable& declared : options_.declared) {
    const bool same = SameName(declared.id.table, id.table) &&
                      (declared.id.database.empty() || SameName(declared.id.database, id.database));
    if (!same) continue;
    debezium::DeclaredTable named = declared;
    named.id = id;
    auto schema = TRY(debezium::SchemaOf(named, message.source.connector == "mariadb"));
    return std::make_shared<const TableSchema>(std::move(schema));
  }
  if (message.connect != nullptr) {
    const auto key = TRY(KeySchemaOf(record.key()));
    auto schema = TRY(debezium::TableSchemaOf(id, *message.connect, key ? &*key : nullptr,
                                              options_.modes.added_prefix));
    return std::make_shared<const TableSchema>(std::move(schema));
  }
  return Err(ErrorKind::kInvalidInput, ErrorCode::kKafkaSchemaMissing,
             fmt::format("{}: nothing says what types its columns have", id.ToString()));
}

void TopicStream::Quarantine(Error error, const debezium::Message* message, const Record& record,
                             Sequence sequence, CaptureRound& round) {
  QuarantinedRecord quarantined{.table = {},
                                .sequence = sequence,
                                .transaction = {},
                                .code = error.code,
                                .reason = std::move(error.message),
                                .bytes = std::string(record.value().value_or("")),
                                .topic = std::string(record.topic()),
                                .partition = record.partition(),
                                .offset = record.offset()};
  quarantined.table = TopicNames::TableByName(record.topic());
  if (message != nullptr) {
    if (!message->source.table.empty()) {
      quarantined.table = {std::string(message->source.database),
                           std::string(message->source.table)};
    }
    quarantined.transaction = debezium::TransactionOf(message->source, message->transaction.id);
  }
  round.items.emplace_back(std::move(quarantined));
}

void TopicStream::Advance(const debezium::Message& message, Sequence sequence,
                          Partition& partition) {
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
      auto& position = PartitionIn(end.partitions, step.topic, step.place.partition);
      position.next_offset = std::min(position.next_offset, step.place.offset);
    }
  }
  for (const auto& [key, partition] : partitions_) {
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
  consumer_->Publish(position.partitions);
}

}  // namespace foreset::kafka
