// SPDX-License-Identifier: MIT
#include "foreset/pipeline/bronze_log.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/lake/compaction.h"
#include "foreset/pipeline/schema_history.h"

namespace foreset::pipeline {
namespace {

// The last of ascending changes that is not after `limit`; the first when all are.
const SchemaChange& SchemaAt(const std::vector<SchemaChange>& changes, Sequence limit) {
  const SchemaChange* found = &changes.front();
  for (const SchemaChange& change : changes) {
    if (change.sequence <= limit) found = &change;
  }
  return *found;
}

// What the table had at `limit`, or before it was dropped.
std::shared_ptr<const TableSchema> SchemaUpTo(const std::vector<SchemaChange>& changes,
                                              Sequence limit) {
  std::shared_ptr<const TableSchema> schema = changes.front().after;
  for (const SchemaChange& change : changes) {
    if (change.sequence <= limit && change.after != nullptr) schema = change.after;
  }
  return schema;
}

lake::QuarantineRow ToRow(const QuarantinedRecord& record) {
  return {.table = record.table,
          .sequence = record.sequence,
          .transaction = record.transaction,
          .code = record.code,
          .reason = record.reason,
          .bytes = record.bytes,
          .topic = record.topic,
          .partition = record.partition,
          .offset = record.offset};
}

}  // namespace

Result<std::unique_ptr<BronzeLog>> BronzeLog::Open(std::shared_ptr<ObjectStore> store,
                                                   const PipelineOptions& options) {
  std::unique_ptr<BronzeLog> log(new BronzeLog(std::move(store), options));
  log->epochs_ =
      TRY(lake::EpochsTable::OpenOrCreate(SubStore(log->store_, "_epochs"), log->lake_options_));
  log->schema_changes_ = TRY(lake::SchemaChangesTable::OpenOrCreate(
      SubStore(log->store_, "_schema_changes"), log->lake_options_));
  log->quarantine_ = TRY(lake::QuarantineTable::OpenOrCreate(SubStore(log->store_, "_quarantine"),
                                                             log->lake_options_));
  for (const SchemaChange& change : log->schema_changes_->all()) {
    if (log->tables_.contains(change.table)) continue;
    RETURN_IF_ERROR(log->OpenTable(change.table));
    const auto reason = StoppedReason(log->SchemaChangesOf(change.table));
    if (reason) log->stopped_[change.table] = *reason;
  }
  return log;
}

Status BronzeLog::TakeOver() const {
  RETURN_IF_ERROR(epochs_->table().TakeOver());
  RETURN_IF_ERROR(schema_changes_->table().TakeOver());
  RETURN_IF_ERROR(quarantine_->table().TakeOver());
  for (const auto& [id, table] : tables_) RETURN_IF_ERROR(table->table().TakeOver());
  return {};
}

std::shared_ptr<ObjectStore> BronzeLog::StoreOf(const TableId& table) const {
  return SubStore(store_, TableFolder(options_.layout, table));
}

// A schema may be recorded while its table was not made yet: the process died in between, and
// whoever comes next makes it.
Result<lake::BronzeTable*> BronzeLog::OpenTable(const TableId& table) {
  const auto store = StoreOf(table);
  if (!TRY(lake::LakeTable::Exists(*store))) return nullptr;
  auto opened =
      TRY(lake::BronzeTable::Open(store, TableFolder(options_.layout, table), lake_options_));
  return (tables_[table] = std::move(opened)).get();
}

lake::BronzeTable* BronzeLog::Find(const TableId& table) {
  const MutexLock lock(mutex_);
  const auto it = tables_.find(table);
  return it == tables_.end() ? nullptr : it->second.get();
}

std::vector<SchemaChange> BronzeLog::SchemaChangesOf(const TableId& table) const {
  const MutexLock lock(mutex_);
  return SchemasSinceBegun(*schema_changes_, table);
}

std::vector<TableId> BronzeLog::Tables() const {
  std::vector<TableId> all;
  for (const auto& [id, table] : tables_) all.push_back(id);
  return all;
}

bool BronzeLog::IsWhole(const TableId& id) const {
  const auto it = tables_.find(id);
  if (it == tables_.end()) return false;
  const auto& backfill = it->second->progress().backfill;
  return backfill && backfill->done;
}

std::vector<TableId> BronzeLog::LiveTables() const {
  std::vector<TableId> live;
  for (const auto& [id, table] : tables_) {
    const auto changes = SchemaChangesOf(id);
    const bool dropped = !changes.empty() && changes.back().kind == SchemaChangeKind::kDrop;
    if (!dropped && !stopped_.contains(id) && IsWhole(id)) live.push_back(id);
  }
  return live;
}

std::vector<FollowedTable> BronzeLog::Followed(const SourcePosition& from) const {
  std::vector<FollowedTable> followed;
  for (const auto& [id, table] : tables_) {
    const auto changes = SchemaChangesOf(id);
    const bool stopped = stopped_.contains(id);
    if (changes.empty() || (stopped && !from.from_topics)) continue;
    const Sequence after = from.from_topics ? changes.back().sequence : table->progress().Floor();
    // Topics may bring rows of a schema after those of the next: all are known by the newest.
    const Sequence limit =
        from.from_topics ? changes.back().sequence : std::max(from.Floor(), after);
    const bool dropped = SchemaAt(changes, limit).kind == SchemaChangeKind::kDrop;
    followed.push_back({SchemaUpTo(changes, limit), after, dropped, stopped});
  }
  // Their records go on coming.
  for (const auto& [id, reason] : stopped_) {
    if (tables_.contains(id) || !from.from_topics) continue;
    const auto changes = SchemaChangesOf(id);
    followed.push_back({.schema = std::make_shared<const TableSchema>(TableSchema{.id = id}),
                        .after = changes.empty() ? Sequence() : changes.back().sequence,
                        .stopped = true});
  }
  return followed;
}

SourcePosition BronzeLog::ReadFrom(SourcePosition covered) const {
  if (!covered.from_topics) return covered;
  for (PartitionPosition& partition : covered.partitions) {
    const PartitionPosition* furthest = nullptr;
    for (const auto& [id, table] : tables_) {
      const auto* own = FindPartition(table->progress().position.partitions, partition.topic,
                                      partition.partition);
      if (own != nullptr && (furthest == nullptr || furthest->highest < own->highest)) {
        furthest = own;
      }
    }
    const Sequence has = furthest == nullptr ? Sequence() : furthest->highest;
    if (has >= partition.highest) continue;
    partition.next_offset = furthest == nullptr ? LogOffset(0) : furthest->next_offset;
  }
  return covered;
}

Result<lake::BronzeTable*> BronzeLog::Begin(const TableSchema& schema,
                                            const SourcePosition& position,
                                            const std::string& statement) {
  if (lake::BronzeTable* existing = Find(schema.id)) {
    const auto changes = SchemaChangesOf(schema.id);
    if (changes.back().after == nullptr || changes.back().after->columns != schema.columns) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaChangedDuringBackfill,
                 fmt::format("the columns of {} changed before its first copy was complete",
                             schema.id.ToString()));
    }
    return existing;
  }
  const MutexLock lock(mutex_);
  SchemaChange created{.kind = SchemaChangeKind::kCreate,
                       .table = schema.id,
                       .sequence = position.Floor(),
                       .ddl = statement,
                       .after = std::make_shared<const TableSchema>(schema)};
  const auto recorded = schema_changes_->Of(schema.id);
  const bool known = !recorded.empty() && recorded.back().kind == SchemaChangeKind::kCreate &&
                     !recorded.back().cannot_follow && *recorded.back().after == schema;
  if (!known) RETURN_IF_ERROR(schema_changes_->Append({created}));
  auto made = TRY(lake::BronzeTable::Create(StoreOf(schema.id), lake_options_, schema, position));
  return (tables_[schema.id] = std::move(made)).get();
}

Status BronzeLog::Record(const SchemaChange& change) {
  const MutexLock lock(mutex_);
  return schema_changes_->Append({change});
}

bool BronzeLog::IsRecorded(const SchemaChange& change) const {
  const auto recorded = SchemaChangesOf(change.table);
  return std::ranges::any_of(recorded, [&](const SchemaChange& known) {
    return known.sequence == change.sequence && known.kind == change.kind;
  });
}

std::size_t BronzeLog::repeats() const {
  std::size_t repeats = 0;
  for (const auto& [id, table] : tables_) repeats += table->repeats();
  return repeats;
}

// A table that was seen being created needs no first copy.
Status BronzeLog::CreateEmpty(const TableSchema& schema, const SourcePosition& begin) {
  auto made = TRY(lake::BronzeTable::Create(StoreOf(schema.id), lake_options_, schema, begin));
  RETURN_IF_ERROR(made->Commit(begin, lake::BackfillState{.position = begin, .done = true}));
  tables_[schema.id] = std::move(made);
  return {};
}

// The reason is recorded with the change, so that a later run knows without trying again.
Result<std::optional<SchemaChange>> BronzeLog::TakeSchemaChange(SchemaChange change,
                                                                const SourcePosition& end) {
  lake::BronzeTable* table = Find(change.table);
  if (table == nullptr) {
    if (change.cannot_follow && IsRecorded(change)) return std::nullopt;
    RETURN_IF_ERROR(Record(change));
    if (change.cannot_follow) stopped_[change.table] = *change.cannot_follow;
    if (change.kind == SchemaChangeKind::kCreate && !change.cannot_follow) {
      SourcePosition begin = end;
      begin.offset = change.sequence.position();
      begin.partitions.clear();  // the round's own rows are not in yet
      RETURN_IF_ERROR(CreateEmpty(*change.after, begin));
    }
    return change;
  }
  if (change.sequence < table->progress().Floor()) return std::nullopt;
  if (end.from_topics && IsRecorded(change)) return std::nullopt;
  if (Status evolved = table->Evolve(change); !evolved) {
    if (evolved.error().kind != ErrorKind::kInvalidInput) {
      return std::unexpected(std::move(evolved).error());
    }
    change.cannot_follow = std::move(evolved).error();
  }
  RETURN_IF_ERROR(Record(change));
  if (change.cannot_follow) {
    stopped_[change.table] = *change.cannot_follow;
  } else {
    staged_.insert(change.table);
  }
  return change;
}

Result<std::optional<SchemaChange>> BronzeLog::Take(const CaptureItem& item,
                                                    const SourcePosition& end) {
  if (const auto* change = std::get_if<SchemaChange>(&item)) return TakeSchemaChange(*change, end);
  if (const auto* record = std::get_if<QuarantinedRecord>(&item)) {
    quarantined_.push_back(ToRow(*record));
    return std::nullopt;
  }
  const ChangeBatch& batch = *std::get<std::shared_ptr<const ChangeBatch>>(item);
  const TableId& id = batch.schema->id;
  lake::BronzeTable* table = Find(id);
  if (table == nullptr || stopped_.contains(id)) return std::nullopt;
  auto staged = table->Stage(batch);
  if (!staged && staged.error().code == ErrorCode::kDebeziumPlaceAmbiguous) {
    SchemaChange stop{.table = id, .sequence = batch.sequences.front()};
    stop.cannot_follow = std::move(staged).error();
    stop.cannot_follow->kind = ErrorKind::kInvalidInput;
    return TakeSchemaChange(std::move(stop), end);
  }
  if (!staged) return std::unexpected(std::move(staged).error());
  if (*staged > 0) staged_.insert(id);
  return std::nullopt;
}

Result<std::map<TableId, CommittedBatch>> BronzeLog::CommitRound(const SourcePosition& end,
                                                                 Timestamp newest_commit) {
  std::map<TableId, CommittedBatch> committed;
  for (const TableId& id : staged_) {
    lake::BronzeTable& table = *Find(id);
    RETURN_IF_ERROR(table.Commit(end));
    committed[id] = {table.progress().batch, table.progress().position, table.staged_as_given()};
  }
  staged_.clear();
  if (!quarantined_.empty()) RETURN_IF_ERROR(quarantine_->Append(quarantined_, end));
  quarantined_.clear();
  RETURN_IF_ERROR(CommitEpoch(end, newest_commit));
  return committed;
}

Status BronzeLog::CommitEpoch(const SourcePosition& position, Timestamp newest_commit) {
  lake::Epoch epoch{.position = position, .newest_commit = newest_commit};
  // A topic that is read again for a table begun anew is not less covered for that.
  if (const auto latest = epochs_->latest(); latest && position.from_topics) {
    for (const PartitionPosition& before : latest->partitions) {
      auto& now = PartitionIn(epoch.position.partitions, before.topic, before.partition);
      now.next_offset = std::max(now.next_offset, before.next_offset);
      now.highest = std::max(now.highest, before.highest);
      now.keys_moved = now.keys_moved || before.keys_moved;
    }
  }
  for (const auto& [id, table] : tables_) {
    epoch.versions[TableFolder(options_.layout, id)] = table->version();
  }
  return epochs_->Append(epoch);
}

Status BronzeLog::Maintain() {
  RETURN_IF_ERROR(epochs_->Maintain(options_.compaction));
  if (tables_.empty()) return {};
  auto next = tables_.upper_bound(maintained_);
  if (next == tables_.end()) next = tables_.begin();
  maintained_ = next->first;
  lake::LakeTable& table = next->second->table();
  // In Parquet mode bronze's parts stay as they are: who follows the folder has read them already.
  if (table.in_parquet_mode()) return {};
  RETURN_IF_ERROR(lake::CompactAppendOnly(table, options_.compaction));
  return {};
}

Status BronzeLog::Rollback() {
  quarantined_.clear();
  for (const TableId& id : std::exchange(staged_, {})) RETURN_IF_ERROR(Find(id)->Refresh());
  return {};
}

}  // namespace foreset::pipeline
