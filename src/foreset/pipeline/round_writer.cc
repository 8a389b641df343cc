// SPDX-License-Identifier: MIT
#include "foreset/pipeline/round_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "foreset/capture/kafka/topic_names.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake_names.h"
#include "foreset/pipeline/table_folder.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

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

bool IsCreate(const SchemaChange& change) {
  return change.kind == SchemaChangeKind::kCreate && !change.cannot_follow &&
         change.after != nullptr;
}

Error NotInTopics() {
  return NotFollowed(
      "the name stands for other rows from here on, and the topics do not bring them");
}

// What happens to it goes on coming.
FollowedTable Stopped(const TableId& id, const TableLife& life) {
  auto schema = life.SchemaAt(*life.ended);
  if (schema == nullptr) schema = std::make_shared<const TableSchema>(TableSchema{.id = id});
  return {.schema = std::move(schema), .after = *life.ended, .stopped = true};
}

}  // namespace

Result<std::unique_ptr<RoundWriter>> RoundWriter::Open(const lake::Lake& lake,
                                                       const lake::CompactionPolicy& compaction) {
  std::unique_ptr<RoundWriter> writer(new RoundWriter(lake, compaction));
  writer->epochs_ = TRY(
      lake::EpochsTable::OpenOrCreate(SubStore(writer->store_, "_epochs"), writer->lake_options_));
  writer->catalog_ = TRY(BronzeCatalog::OpenToWrite(lake));
  writer->quarantine_ = TRY(lake::QuarantineTable::OpenOrCreate(
      SubStore(writer->store_, "_quarantine"), writer->lake_options_));
  return writer;
}

Status RoundWriter::TakeOver() {
  RETURN_IF_ERROR(epochs_->table().TakeOver());
  RETURN_IF_ERROR(quarantine_->table().TakeOver());
  return catalog_->TakeOver();
}

void RoundWriter::ReadsTopics(std::vector<PartitionPosition> partitions) {
  topics_ = std::move(partitions);
}

// ---- where it begins

std::vector<TableId> RoundWriter::LiveTables() const {
  std::vector<TableId> live;
  for (const TableId& id : catalog_->Tables()) {
    const TableLife life = catalog_->LifeOf(id);
    if (!life.over() && !life.dropped && catalog_->IsWhole(id)) live.push_back(id);
  }
  return live;
}

std::vector<FollowedTable> RoundWriter::Followed(const SourcePosition& from) const {
  std::vector<FollowedTable> followed;
  for (const auto& [id, life] : catalog_->Lives()) {
    if (life.stopped && catalog_->IsThere(id)) followed.push_back(Stopped(id, life));
    const lake::BronzeTable* table = catalog_->Find(id);
    if (table == nullptr || life.changes.empty() || life.over()) continue;
    const Sequence newest = life.changes.back().sequence;
    // What began with a CREATE has it, also where a crash came before the epoch that covers it.
    const Sequence begun = life.changes.front().sequence.WithRank(Operation::kInsert);
    const Sequence after = from.from_topics ? newest : std::max(table->progress().Floor(), begun);
    // Topics may bring rows of a schema after those of the next: all are known by the newest.
    const Sequence limit = from.from_topics ? newest : std::max(from.Floor(), after);
    followed.push_back({life.SchemaAt(limit), after, life.IsDroppedAt(limit)});
  }
  return followed;
}

// Whether rows of the table may be in the topic, as far as its name tells.
bool RoundWriter::MayFeed(const std::string& topic, const TableId& id) const {
  if (kafka::TopicNames::IsOf(topic, id)) return true;
  const auto lives = catalog_->Lives();
  return std::ranges::none_of(
      lives, [&](const auto& entry) { return kafka::TopicNames::IsOf(topic, entry.first); });
}

// A table that stopped before it began is tried again, from its topic's beginning.
bool RoundWriter::HasNotBegun(const std::string& topic) const {
  const auto lives = catalog_->Lives();
  return std::ranges::any_of(lives, [&](const auto& entry) {
    const auto& [id, life] = entry;
    return life.stopped && !catalog_->IsThere(id) && kafka::TopicNames::IsOf(topic, id);
  });
}

SourcePosition RoundWriter::ReadFrom(SourcePosition covered) const {
  if (!covered.from_topics) return covered;
  for (PartitionPosition& partition : covered.partitions) {
    // Nothing in it is a change.
    if (partition.highest == Sequence() && !HasNotBegun(partition.topic)) continue;
    const PartitionPosition from = NeededFrom(partition);
    if (from.next_offset < partition.next_offset) partition = from;
  }
  return covered;
}

// From where on the partition is needed: by the table that has most of it, and by tables that are
// not whole, which may be fed from a topic of several tables.
PartitionPosition RoundWriter::NeededFrom(const PartitionPosition& covered) const {
  PartitionPosition furthest{.topic = covered.topic, .partition = covered.partition};
  PartitionPosition lowest = covered;
  for (const auto& [id, life] : catalog_->Lives()) {
    const lake::BronzeTable* table = catalog_->Find(id);
    PartitionPosition own{.topic = covered.topic, .partition = covered.partition};
    bool feeds = false;
    if (table != nullptr) {
      const auto* known =
          FindPartition(table->progress().position.partitions, covered.topic, covered.partition);
      feeds = known != nullptr;
      if (feeds) own = *known;
    }
    if (furthest.highest < own.highest) furthest = own;
    const bool needs = !life.dropped && !catalog_->IsOver(id) && !catalog_->IsWhole(id);
    if (needs && (feeds || MayFeed(covered.topic, id)) && own.next_offset < lowest.next_offset) {
      lowest = own;
    }
  }
  const bool lacks = furthest.highest < covered.highest;
  return lacks && furthest.next_offset < lowest.next_offset ? furthest : lowest;
}

// ---- schema changes

std::optional<TableId> RoundWriter::BeginsAnew(const CaptureItem& item,
                                               const SourcePosition& end) const {
  const auto* change = std::get_if<SchemaChange>(&item);
  if (change == nullptr || !IsCreate(*change) || !catalog_->IsThere(change->table)) {
    return std::nullopt;
  }
  const TableLife life = catalog_->LifeOf(change->table);
  if (!life.over() || change->sequence <= *life.ended) return std::nullopt;
  // What is to be copied has the rows of a CREATE that came before its snapshot.
  if (life.replaced && !life.dropped && !end.from_topics) return std::nullopt;
  return change->table;
}

Result<std::optional<SchemaChange>> RoundWriter::TakeSchemaChange(SchemaChange change,
                                                                  const SourcePosition& end) {
  const TableId id = change.table;
  if (change.after != nullptr) {
    change.after = std::make_shared<const TableSchema>(lake::WithoutLakeNames(*change.after));
  }
  if (!catalog_->IsThere(id)) return TakeOfAbsent(std::move(change), end);
  lake::BronzeTable* table = catalog_->Find(id);
  const TableLife life = catalog_->LifeOf(id);
  if (table != nullptr && change.sequence < table->progress().Floor()) return std::nullopt;
  if (life.Has(change) && (end.from_topics || life.over())) return std::nullopt;
  if (life.over() || table == nullptr) {
    RETURN_IF_ERROR(TakeOfEnded(std::move(change), life, end.from_topics));
    return std::nullopt;
  }
  return TakeOfLive(std::move(change), *table);
}

// Of a table that has stopped or is to be copied anew. What happens to it is of no concern until
// its name stands for nothing, or for other rows.
Status RoundWriter::TakeOfEnded(SchemaChange change, const TableLife& life, bool from_topics) {
  if (change.kind == SchemaChangeKind::kDrop) {
    to_copy_.erase(change.table);
    gone_now_.insert(change.table);
    return catalog_->Record(change);
  }
  const bool replaces = change.kind == SchemaChangeKind::kReplace;
  if (replaces && !change.cannot_follow && !from_topics) {
    if (!life.replaced || life.dropped) RETURN_IF_ERROR(catalog_->Record(change));
    stopped_now_.erase(change.table);
    to_copy_.insert(change.table);
    return {};
  }
  if (!life.dropped) return {};
  if (replaces && !change.cannot_follow) change.cannot_follow = NotInTopics();
  return change.cannot_follow ? Stop(std::move(change)) : Status();
}

// Of a name that has no table in bronze: it is seen being made, or its rows have to be fetched.
Result<std::optional<SchemaChange>> RoundWriter::TakeOfAbsent(SchemaChange change,
                                                              const SourcePosition& end) {
  const TableId id = change.table;
  if (catalog_->IsOver(id)) {
    if (change.kind == SchemaChangeKind::kDrop) gone_now_.insert(id);
    return std::nullopt;
  }
  if (IsCreate(change)) {
    ignored_.erase(id);
    to_copy_.erase(id);
    if (Status begun = BeginEmpty(change, end); !begun) {
      RETURN_IF_ERROR(StopOr(id, std::move(begun).error()));
      return std::nullopt;
    }
    return change;
  }
  if (change.kind == SchemaChangeKind::kDrop) {
    to_copy_.erase(id);
    gone_now_.insert(id);
    if (catalog_->LifeOf(id).number.value() != 0) RETURN_IF_ERROR(catalog_->Record(change));
    return std::nullopt;
  }
  if (ignored_.contains(id)) return std::nullopt;
  const bool refused = change.kind == SchemaChangeKind::kCreate;
  if (!refused && !end.from_topics) {
    to_copy_.insert(id);
    return std::nullopt;
  }
  if (!change.cannot_follow) {
    change.cannot_follow = NotFollowed("its rows are not in the topics that are read");
  }
  // It stopped here before.
  if (const TableLife life = catalog_->LifeOf(id); life.stopped && life.Has(change)) {
    NoteStop(id, *change.cannot_follow);
    return std::nullopt;
  }
  RETURN_IF_ERROR(Stop(std::move(change)));
  return std::nullopt;
}

Result<std::optional<SchemaChange>> RoundWriter::TakeOfLive(SchemaChange change,
                                                            lake::BronzeTable& table) {
  const TableId id = change.table;
  const bool replaced = change.kind == SchemaChangeKind::kReplace && !change.cannot_follow;
  if (replaced && !table.from_topics()) {
    RETURN_IF_ERROR(catalog_->Record(change));
    to_copy_.insert(id);
    staged_.erase(id);
    return std::nullopt;
  }
  if (replaced) {
    change.cannot_follow = NotInTopics();
  } else if (change.after == nullptr && change.kind != SchemaChangeKind::kDrop &&
             !change.cannot_follow) {
    change.cannot_follow = BrokenPromise(id.ToString(), "a schema change came without a schema");
  }
  if (!change.cannot_follow) {
    if (Status evolved = table.Evolve(change); !evolved) {
      if (!IsOfTableAlone(evolved.error())) return std::unexpected(std::move(evolved).error());
      change.cannot_follow = std::move(evolved).error();
    } else if (change.after != nullptr && table.schema()->version == change.after->version) {
      change.after = table.schema();  // with the names that its columns have in the lake
    }
  }
  if (change.cannot_follow) {
    RETURN_IF_ERROR(Stop(std::move(change)));
    return std::nullopt;
  }
  RETURN_IF_ERROR(catalog_->Record(change));
  staged_.insert(id);
  return change;
}

// A table that was seen being created needs no first copy; from topics that are read again it has
// to come to where they had been read to.
Status RoundWriter::BeginEmpty(const SchemaChange& change, const SourcePosition& end) {
  SourcePosition begin = end;
  begin.offset = change.sequence.position();
  begin.partitions.clear();  // the round's own rows are not in yet
  const std::vector<TableId> there = catalog_->Tables();
  RETURN_IF_ERROR(CheckTableFolder(layout_.folders, change.table,
                                   std::set<TableId>(there.begin(), there.end())));
  lake::BackfillState backfill{.position = begin, .done = true};
  if (const auto target = TargetOf(end)) backfill = {.position = *target, .done = false};
  return catalog_->BeginEmpty(change, begin, backfill);
}

// How far the topics had been read before, where they have not come so far again.
std::optional<SourcePosition> RoundWriter::TargetOf(const SourcePosition& end) const {
  std::optional<SourcePosition> target = epochs_->latest();
  if (!end.from_topics || !target || !topics_) return std::nullopt;
  std::erase_if(target->partitions, [&](const PartitionPosition& partition) {
    return FindPartition(*topics_, partition.topic, partition.partition) == nullptr;
  });
  return end.Covers(*target) ? std::nullopt : target;
}

bool RoundWriter::HasToFinish(const SourcePosition& end) const {
  if (!end.from_topics) return false;
  return std::ranges::any_of(catalog_->Tables(), [&](const TableId& id) {
    const auto& backfill = catalog_->Find(id)->progress().backfill;
    const bool open = backfill && !backfill->done && !catalog_->IsOver(id);
    return open && end.Covers(backfill->position);
  });
}

Status RoundWriter::Finish(const SourcePosition& end) {
  if (!HasToFinish(end)) return {};
  for (const TableId& id : catalog_->Tables()) {
    lake::BronzeTable& table = *catalog_->Find(id);
    const auto& backfill = table.progress().backfill;
    if (!backfill || backfill->done || !end.Covers(backfill->position)) continue;
    if (catalog_->IsOver(id)) continue;
    if (Status done = table.Commit(end, lake::BackfillState{.position = end, .done = true});
        !done) {
      RETURN_IF_ERROR(StopOr(id, std::move(done).error()));
    }
  }
  return {};
}

// ---- stops

Status RoundWriter::Stop(SchemaChange change) {
  const TableId id = change.table;
  const Error why = *change.cannot_follow;
  RETURN_IF_ERROR(catalog_->Record(change));
  staged_.erase(id);
  NoteStop(id, why);
  return {};
}

void RoundWriter::NoteStop(const TableId& id, Error why) {
  gone_now_.erase(id);
  stopped_now_[id] = std::move(why);
}

// What is one table's trouble alone stops it, on record; any other error is handed back.
Status RoundWriter::StopOr(const TableId& id, Error error) {
  if (!IsOfTableAlone(error)) return std::unexpected(std::move(error));
  RETURN_IF_ERROR(catalog_->Stop(id, error));
  staged_.erase(id);
  NoteStop(id, std::move(error));
  return {};
}

void RoundWriter::Copied() {
  for (const TableId& id : std::exchange(to_copy_, {})) {
    if (!catalog_->IsThere(id)) ignored_.insert(id);
  }
}

// ---- rounds

Status RoundWriter::TakeRows(const ChangeBatch& batch) {
  const TableId& id = batch.schema->id;
  lake::BronzeTable* table = catalog_->Find(id);
  if (table == nullptr || catalog_->IsOver(id)) return {};
  const auto staged = table->Stage(batch);
  if (!staged) {
    RETURN_IF_ERROR(StopOr(id, staged.error()));
    (void)table->Refresh();  // what is staged of it goes
    return {};
  }
  if (*staged > 0) staged_.insert(id);
  return {};
}

Result<std::optional<SchemaChange>> RoundWriter::Take(const CaptureItem& item,
                                                      const SourcePosition& end) {
  if (const auto* change = std::get_if<SchemaChange>(&item)) return TakeSchemaChange(*change, end);
  if (const auto* record = std::get_if<QuarantinedRecord>(&item)) {
    if (!catalog_->IsOver(record->table)) quarantined_.push_back(ToRow(*record));
    return std::nullopt;
  }
  RETURN_IF_ERROR(TakeRows(*std::get<std::shared_ptr<const ChangeBatch>>(item)));
  return std::nullopt;
}

Result<std::map<TableId, CommittedBatch>> RoundWriter::CommitRound(const SourcePosition& end,
                                                                   Timestamp newest_commit) {
  std::map<TableId, CommittedBatch> committed;
  for (const TableId& id : untold_) {
    if (const lake::BronzeTable* table = catalog_->Find(id))
      committed[id] = NewestOf(*table, false);
  }
  for (const TableId& id : std::set(staged_)) {
    lake::BronzeTable& table = *catalog_->Find(id);
    const bool untold = !untold_.insert(id).second;
    if (Status done = table.Commit(end); !done) {
      RETURN_IF_ERROR(StopOr(id, std::move(done).error()));
      continue;
    }
    committed[id] = NewestOf(table, table.staged_as_given() && !untold);
  }
  staged_.clear();
  RETURN_IF_ERROR(Finish(end));
  if (!quarantined_.empty()) RETURN_IF_ERROR(quarantine_->Append(quarantined_, end));
  quarantined_.clear();
  RETURN_IF_ERROR(CommitEpoch(end, newest_commit));
  untold_.clear();
  return committed;
}

CommittedBatch RoundWriter::NewestOf(const lake::BronzeTable& table, bool as_given) {
  return {table.progress().batch, table.progress().position, as_given, table.source()};
}

Status RoundWriter::CommitEpoch(const SourcePosition& position, Timestamp newest_commit) {
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
  for (const TableId& id : catalog_->Tables()) {
    const std::string folder = layout_.FolderOf(id);
    const lake::BronzeTable& table = *catalog_->Find(id);
    epoch.versions[folder] = table.version();
    epoch.ids[folder] = table.table().snapshot()->metadata().id;
  }
  return epochs_->Append(epoch);
}

Status RoundWriter::Maintain() {
  RETURN_IF_ERROR(epochs_->Maintain(compaction_));
  const std::vector<TableId> tables = catalog_->Tables();
  if (tables.empty()) return {};
  auto next = std::ranges::upper_bound(tables, maintained_);
  if (next == tables.end()) next = tables.begin();
  maintained_ = *next;
  if (catalog_->IsOver(*next)) return {};
  lake::LakeTable& table = catalog_->Find(*next)->table();
  // In Parquet mode bronze's parts stay as they are: who follows the folder has read them already.
  if (table.in_parquet_mode()) return {};
  const auto compacted = lake::CompactAppendOnly(table, compaction_);
  return compacted ? Status() : StopOr(*next, compacted.error());
}

Status RoundWriter::Rollback() {
  quarantined_.clear();
  while (!staged_.empty()) {
    const TableId id = *staged_.begin();
    if (Status refreshed = catalog_->Find(id)->Refresh(); !refreshed) {
      RETURN_IF_ERROR(StopOr(id, std::move(refreshed).error()));
    }
    staged_.erase(id);
  }
  return {};
}

std::size_t RoundWriter::repeats() const {
  std::size_t repeats = 0;
  for (const TableId& id : catalog_->Tables()) repeats += catalog_->Find(id)->repeats();
  return repeats;
}

}  // namespace foreset::pipeline
