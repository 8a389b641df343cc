// SPDX-License-Identifier: MIT
#include "foreset/pipeline/bronze_catalog.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "foreset/pipeline/table_folder.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

constexpr char kRecord[] = "_schema_changes";

bool IsDone(const lake::BronzeTable& table) {
  const auto& backfill = table.progress().backfill;
  return backfill && backfill->done;
}

// Two tables of the source to which the layout gives one folder.
std::unexpected<Error> PlaceTaken(const TableId& id, const TableId& other) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kLakeTableExists,
             fmt::format("{} has no place in the lake: its folder is that of {}", id.ToString(),
                         other.ToString()),
             "Give each database a folder of its own (lake.layout: \"{database}/{table}\"), with "
             "the lake at another place; or leave one of the tables out.");
}

// After everything that is known of the life, before whatever its source tells next.
Sequence AfterKnown(const TableLife& life) {
  return life.changes.empty() ? Sequence()
                              : life.changes.back().sequence.WithRank(Operation::kInsert);
}

}  // namespace

Result<std::unique_ptr<BronzeCatalog>> BronzeCatalog::Open(const lake::Lake& lake) {
  std::unique_ptr<BronzeCatalog> catalog(new BronzeCatalog(lake));
  RETURN_IF_ERROR(catalog->Read(false));
  return catalog;
}

Result<std::unique_ptr<BronzeCatalog>> BronzeCatalog::OpenToWrite(const lake::Lake& lake) {
  std::unique_ptr<BronzeCatalog> catalog(new BronzeCatalog(lake));
  RETURN_IF_ERROR(catalog->Read(true));
  return catalog;
}

Status BronzeCatalog::Read(bool to_write) {
  const MutexLock lock(mutex_);
  auto place = SubStore(store_, kRecord);
  schema_changes_ =
      TRY(to_write ? lake::SchemaChangesTable::OpenOrCreate(std::move(place), lake_options_)
                   : lake::SchemaChangesTable::Open(std::move(place), lake_options_));
  for (auto& [id, life] : LivesOf(schema_changes_->all())) {
    Entry& entry = entries_[id];
    entry.life = std::move(life);
    Status opened = OpenTable(id, entry);
    if (opened) continue;
    if (!IsOfTableAlone(opened.error())) return opened;
    if (to_write) {
      RETURN_IF_ERROR(StopLocked(id, opened.error()));
    } else if (!entry.life.over()) {
      entry.life.stopped = opened.error();
    }
  }
  return {};
}

std::shared_ptr<ObjectStore> BronzeCatalog::StoreOf(const TableId& id) const {
  return SubStore(store_, layout_.FolderOf(id));
}

// A life may be recorded while its table was not made yet, or has been moved away since.
Status BronzeCatalog::OpenTable(const TableId& id, Entry& entry) const {
  RETURN_IF_ERROR(CheckTableFolder(layout_.folders, id, {}));
  const auto store = StoreOf(id);
  const auto exists = lake::LakeTable::Exists(*store);
  // What may not be looked at stands there.
  entry.is_there = !exists || *exists;
  RETURN_IF_ERROR(exists);
  if (!entry.is_there) return {};
  auto table = TRY(lake::BronzeTable::Open(store, layout_.FolderOf(id), lake_options_));
  if (table->schema()->id != id) return PlaceTaken(id, table->schema()->id);
  entry.table = std::move(table);
  return {};
}

Status BronzeCatalog::TakeOver() {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(schema_changes_->table().TakeOver());
  for (const auto& [id, entry] : entries_) {
    if (entry.table == nullptr) continue;
    Status taken = entry.table->table().TakeOver();
    if (taken) continue;
    if (!IsOfTableAlone(taken.error())) return taken;
    RETURN_IF_ERROR(StopLocked(id, taken.error()));
  }
  return {};
}

std::vector<TableId> BronzeCatalog::Tables() const {
  const MutexLock lock(mutex_);
  std::vector<TableId> all;
  for (const auto& [id, entry] : entries_) {
    if (entry.table != nullptr) all.push_back(id);
  }
  return all;
}

lake::BronzeTable* BronzeCatalog::Find(const TableId& id) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : it->second.table.get();
}

bool BronzeCatalog::IsThere(const TableId& id) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  return it != entries_.end() && it->second.is_there;
}

bool BronzeCatalog::IsWhole(const TableId& id) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end() || it->second.table == nullptr) return false;
  return !it->second.life.replaced && IsDone(*it->second.table);
}

TableLife BronzeCatalog::LifeOf(const TableId& id) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  return it == entries_.end() ? TableLife() : it->second.life;
}

std::map<TableId, TableLife> BronzeCatalog::Lives() const {
  const MutexLock lock(mutex_);
  std::map<TableId, TableLife> lives;
  for (const auto& [id, entry] : entries_) lives[id] = entry.life;
  return lives;
}

std::vector<SchemaChange> BronzeCatalog::SchemaChangesOf(const TableId& id) const {
  return LifeOf(id).changes;
}

std::map<TableId, Error> BronzeCatalog::Stopped() const {
  const MutexLock lock(mutex_);
  std::map<TableId, Error> stopped;
  for (const auto& [id, entry] : entries_) {
    if (entry.is_there && entry.life.stopped) stopped[id] = *entry.life.stopped;
    if (entry.barred) stopped[id] = *entry.barred;
  }
  return stopped;
}

bool BronzeCatalog::IsOver(const TableId& id) const {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end()) return false;
  return it->second.barred.has_value() || (it->second.is_there && it->second.life.over());
}

std::vector<TableId> BronzeCatalog::Replaced(std::span<const TableId> at_source) const {
  const MutexLock lock(mutex_);
  std::vector<TableId> replaced;
  for (const auto& [id, entry] : entries_) {
    if (!entry.is_there || !entry.life.over() || entry.life.stopped || entry.left_out) continue;
    const bool stands = std::ranges::find(at_source, id) != at_source.end();
    if (stands || (entry.life.replaced && !entry.life.dropped)) replaced.push_back(id);
  }
  return replaced;
}

Result<lake::BronzeTable*> BronzeCatalog::Begin(const TableSchema& schema,
                                                const SourcePosition& position,
                                                const std::string& statement) {
  const MutexLock lock(mutex_);
  Entry& entry = entries_[schema.id];
  if (entry.being_made) RETURN_IF_ERROR(OpenTable(schema.id, entry));
  if (entry.is_there) {
    const auto known = entry.life.SchemaAt(Sequence::FromBits(~0ULL, ~0ULL));
    if (entry.table == nullptr || known == nullptr || known->columns != schema.columns) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaChangedDuringBackfill,
                 fmt::format("the columns of {} changed before its first copy was complete",
                             schema.id.ToString()));
    }
    return entry.table.get();
  }
  RETURN_IF_ERROR(CheckPlace(schema.id, entry));
  RETURN_IF_ERROR(CheckNotMadeMeanwhile(schema.id));
  RETURN_IF_ERROR(BeginLife(entry, {.kind = SchemaChangeKind::kCreate,
                                    .table = schema.id,
                                    .sequence = position.Floor(),
                                    .ddl = statement,
                                    .after = std::make_shared<const TableSchema>(schema)}));
  RETURN_IF_ERROR(MakeTable(schema, position, entry));
  return entry.table.get();
}

Status BronzeCatalog::BeginEmpty(const SchemaChange& created, const SourcePosition& position,
                                 const lake::BackfillState& backfill) {
  const MutexLock lock(mutex_);
  Entry& entry = entries_[created.table];
  RETURN_IF_ERROR(CheckPlace(created.table, entry));
  if (!entry.being_made) RETURN_IF_ERROR(CheckNotMadeMeanwhile(created.table));
  RETURN_IF_ERROR(BeginLife(entry, created));
  Entry made;
  if (entry.being_made) RETURN_IF_ERROR(OpenTable(created.table, made));
  entry.being_made = true;
  if (!made.is_there) RETURN_IF_ERROR(MakeTable(*created.after, position, made));
  if (!made.table->progress().backfill) RETURN_IF_ERROR(made.table->Commit(position, backfill));
  entry.table = std::move(made.table);
  entry.is_there = true;
  entry.being_made = false;
  return {};
}

// Asked before the beginning is put on record: the record of a table that somebody else has made
// would begin that one anew.
Status BronzeCatalog::CheckNotMadeMeanwhile(const TableId& id) const {
  const auto store = StoreOf(id);
  if (!TRY(lake::LakeTable::Exists(*store))) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kLakeLocked,
             fmt::format("{} has just been made by another process", store->Describe()));
}

Status BronzeCatalog::MakeTable(const TableSchema& schema, const SourcePosition& position,
                                Entry& entry) const {
  entry.being_made = true;
  entry.table = TRY(lake::BronzeTable::Create(StoreOf(schema.id), lake_options_, schema, position));
  entry.being_made = false;
  entry.is_there = true;
  return {};
}

Status BronzeCatalog::CheckPlace(const TableId& id, Entry& entry) const {
  RETURN_IF_ERROR(CheckTableFolder(layout_.folders, id, {}));
  const std::string folder = layout_.FolderOf(id);
  for (const auto& [other, taken] : entries_) {
    if (other == id || !taken.is_there || layout_.FolderOf(other) != folder) continue;
    entry.is_there = true;
    return PlaceTaken(id, other);
  }
  return {};
}

// A life that was recorded before its table could be made is taken up.
Status BronzeCatalog::BeginLife(Entry& entry, const SchemaChange& created) {
  const auto& changes = entry.life.changes;
  const bool begun = !entry.life.over() && changes.size() == 1 &&
                     changes.front().kind == SchemaChangeKind::kCreate &&
                     *changes.front().after == *created.after;
  if (begun) return {};
  const lake::LifeNumber next = entry.life.number.Next();
  RETURN_IF_ERROR(schema_changes_->Append({next, created}));
  entry.life = TableLife{.number = next};
  entry.life.Add(created);
  return {};
}

Status BronzeCatalog::RecordLocked(Entry& entry, const SchemaChange& change) {
  if (entry.life.number.value() == 0) entry.life.number = lake::LifeNumber(1);
  RETURN_IF_ERROR(schema_changes_->Append({entry.life.number, change}));
  // What comes again after an error is known.
  if (change.cannot_follow || !entry.life.Has(change)) entry.life.Add(change);
  return {};
}

Status BronzeCatalog::Record(const SchemaChange& change) {
  const MutexLock lock(mutex_);
  return RecordLocked(entries_[change.table], change);
}

Status BronzeCatalog::Stop(const TableId& id, const Error& why) {
  const MutexLock lock(mutex_);
  return StopLocked(id, why);
}

Status BronzeCatalog::StopLocked(const TableId& id, const Error& why) {
  Entry& entry = entries_[id];
  if (entry.life.over()) return {};
  const auto record = SubStore(store_, kRecord);
  if (!TRY(lake::LakeTable::Exists(*record))) return std::unexpected(why);
  SchemaChange stop;
  stop.table = id;
  stop.sequence = AfterKnown(entry.life);
  stop.after = entry.life.SchemaAt(stop.sequence);
  stop.cannot_follow = why;
  return RecordLocked(entry, stop);
}

Result<bool> BronzeCatalog::LeaveOut(const TableId& id, const SourcePosition& from) {
  const MutexLock lock(mutex_);
  Entry& entry = entries_[id];
  entry.left_out = true;
  if (!entry.is_there || entry.life.over()) return false;
  const bool was_dropped = entry.life.dropped;
  SchemaChange change;
  change.kind = SchemaChangeKind::kReplace;
  change.table = id;
  change.sequence = std::max(from.Floor(), AfterKnown(entry.life));
  RETURN_IF_ERROR(RecordLocked(entry, change));
  if (!was_dropped) return true;
  // There is nothing to copy as long as the source does not make it again.
  const Sequence at = change.sequence;
  change.kind = SchemaChangeKind::kDrop;
  change.sequence =
      Sequence(at.epoch(), at.file_number(), at.position(), at.row() + 1, Operation::kSnapshot);
  RETURN_IF_ERROR(RecordLocked(entry, change));
  return true;
}

void BronzeCatalog::Bar(const TableId& id, Error why) {
  const MutexLock lock(mutex_);
  entries_[id].barred = std::move(why);
}

void BronzeCatalog::Close(const TableId& id) {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  if (it != entries_.end()) it->second.table.reset();
}

void BronzeCatalog::Forget(const TableId& id) {
  const MutexLock lock(mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end()) return;
  it->second.table.reset();
  it->second.is_there = false;
  it->second.barred.reset();
}

}  // namespace foreset::pipeline
