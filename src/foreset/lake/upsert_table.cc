// SPDX-License-Identifier: MIT
#include "foreset/lake/upsert_table.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/compute/api_vector.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/base/errors/rules.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/rewrite.h"
#include "foreset/lake/rule_record.h"
#include "foreset/lake/schema_evolution.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

using arrow::internal::checked_cast;

constexpr std::size_t kOwnColumns = 2;  // `_seq` and the time, after those of the source

std::shared_ptr<arrow::Schema> ColumnsOf(const TableSchema& schema, const UpsertShape& shape,
                                         DateTimeAs datetime) {
  arrow::FieldVector fields = ArrowSchemaOf(schema, datetime)->fields();
  fields.push_back(arrow::field("_seq", arrow::utf8()));
  fields.push_back(
      arrow::field(shape.time_column, arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")));
  return arrow::schema(std::move(fields));
}

std::vector<std::string> IndexColumns(const TableSchema& schema, const RowKey& key) {
  std::vector<std::string> names;
  for (const int column : key.columns()) {
    names.push_back(schema.columns[static_cast<std::size_t>(column)].name);
  }
  names.emplace_back("_seq");
  return names;
}

std::uint64_t CountOf(const std::map<std::uint32_t, std::vector<std::uint32_t>>& hidden) {
  std::uint64_t rows = 0;
  for (const auto& [file, places] : hidden) rows += places.size();
  return rows;
}

}  // namespace

UpsertTable::UpsertTable(LakeTable table, UpsertShape shape, Projection projection)
    : table_(std::move(table)),
      shape_(std::move(shape)),
      projection_(std::move(projection)),
      key_(projection_.Key()),
      files_(table_.options().deletion_vector_cache_bytes),
      writer_(table_.NewWriter()),
      covered_(table_.progress()) {}

Result<std::unique_ptr<UpsertTable>> UpsertTable::Create(std::shared_ptr<ObjectStore> store,
                                                         std::string table,
                                                         const LakeOptions& options,
                                                         const UpsertShape& shape,
                                                         const TableSchema& schema) {
  Projection projection = TRY(Projection::Of(schema, shape.columns));
  const auto columns = ColumnsOf(projection.schema(), shape, options.datetime());
  RETURN_IF_ERROR(CheckNames(*columns, schema));
  LakeTable created = TRY(
      LakeTable::Create(std::move(store), std::move(table), options, *columns, schema, {}, true));
  return std::unique_ptr<UpsertTable>(
      new UpsertTable(std::move(created), shape, std::move(projection)));
}

Result<std::unique_ptr<UpsertTable>> UpsertTable::Open(std::shared_ptr<ObjectStore> store,
                                                       std::string table,
                                                       const LakeOptions& options,
                                                       const UpsertShape& shape) {
  LakeTable opened = TRY(LakeTable::Open(std::move(store), std::move(table), options));
  RETURN_IF_ERROR(opened.TakeOver());
  Projection projection = TRY(Projection::Of(*opened.source_schema(), shape.columns));
  std::unique_ptr<UpsertTable> result(
      new UpsertTable(std::move(opened), shape, std::move(projection)));
  RETURN_IF_ERROR(result->BuildIndex());
  return result;
}

// ---- index

Status UpsertTable::BuildIndex() {
  index_.Clear();
  files_.Clear();
  index_.Reserve(static_cast<std::size_t>(LiveRows(*table_.snapshot())));
  for (const delta::AddFile& file : table_.snapshot()->files()) RETURN_IF_ERROR(IndexFile(file));
  stale_ = false;
  return {};
}

Status UpsertTable::IndexFile(const delta::AddFile& file) {
  const FileId id = files_.IdOf(file.path);
  delta::ScanOptions options;
  options.columns = IndexColumns(projection_.schema(), key_);
  return delta::ScanFile(table_.store(), *table_.snapshot(), file, options,
                         [&](const delta::ScannedBatch& scanned) -> Status {
                           return IndexRows(*scanned.batch, id, scanned.rows);
                         });
}

// `rows`: the key columns in key order, then `_seq`.
Status UpsertTable::IndexRows(const arrow::RecordBatch& rows, FileId file,
                              const std::vector<std::int64_t>& places) {
  const int sequence_column = rows.num_columns() - 1;
  std::vector<int> key_columns;
  for (int column = 0; column < sequence_column; ++column) key_columns.push_back(column);
  const auto keys = TRY(RowKey(key_columns, key_.whole_row()).Digests(rows));
  const auto& sequences = checked_cast<const arrow::StringArray&>(*rows.column(sequence_column));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto sequence = Sequence::Parse(sequences.GetView(static_cast<std::int64_t>(i)));
    if (!sequence) {
      return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
                 fmt::format("a row of {} has no _seq", table_.store().Describe()));
    }
    const KeyIndex::Entry entry{keys[i], *sequence, {file, static_cast<std::uint32_t>(places[i])}};
    if (key_.whole_row()) {
      index_.AddCopy(entry);
    } else {
      index_.Put(entry);
    }
  }
  return {};
}

// ---- staging

Result<KeyedChanges> UpsertTable::Key(const RuledBatch& batch) const {
  RETURN_IF_ERROR(CheckVersion(*batch.changes, table_.source_schema()->version, table_.name()));
  return KeyChanges(batch, projection_, covered_.Floor());
}

Result<KeyedChanges> UpsertTable::KeyAgain(const RuledBatch& batch) const {
  RETURN_IF_ERROR(CheckVersion(*batch.changes, table_.source_schema()->version, table_.name()));
  return KeyChanges(batch, projection_, Sequence());
}

Result<ReducedBatch> UpsertTable::Reduce(const KeyedChanges& changes) const {
  if (key_.whole_row()) return ReduceCopies(changes, index_);
  return lake::Reduce(changes, index_);
}

Status UpsertTable::Stage(const KeyedChanges& changes, const ReducedBatch& reduced) {
  if (stale_) RETURN_IF_ERROR(Refresh());
  counts_.changes += changes.changes.size();
  counts_.late += reduced.late;
  counts_.unmatched += reduced.unmatched;
  if (reduced.clear) ClearRows();
  for (const Hash128& key : reduced.removals) Remove(key);
  counts_.removed += reduced.removals.size();
  staged_ = staged_ || !reduced.removals.empty();
  return WriteRows(changes, reduced);
}

void UpsertTable::ClearRows() {
  counts_.removed += index_.size();
  writer_.Abandon();
  index_.Clear();
  files_.Clear();
  cleared_ = true;
  staged_ = true;
}

void UpsertTable::Remove(const Hash128& key) {
  if (key_.whole_row()) {
    if (const auto taken = index_.TakeCopy(key)) files_.Hide(taken->place);
  } else if (const KeyIndex::Entry* entry = index_.Find(key)) {
    files_.Hide(entry->place);
    index_.Erase(key);
  }
}

Status UpsertTable::WriteRows(const KeyedChanges& changes, const ReducedBatch& reduced) {
  if (reduced.puts.empty()) return {};
  std::vector<std::uint32_t> rows;
  std::vector<Sequence> sequences;
  std::vector<Timestamp> times;
  rows.reserve(reduced.puts.size());
  sequences.reserve(reduced.puts.size());
  times.reserve(reduced.puts.size());
  for (const ReducedBatch::Put& put : reduced.puts) {
    rows.push_back(put.row);
    sequences.push_back(put.sequence);
    times.push_back(changes.batch->TransactionOf(put.row).committed_at);
  }
  const auto& columns = table_.columns();
  const auto taken = TRY(TakeRows(changes.after, rows));
  arrow::FieldVector own = columns->fields();
  own.resize(own.size() - kOwnColumns);
  const auto values = TRY(ConformBatch(*taken, arrow::schema(std::move(own))));
  arrow::ArrayVector arrays = values->columns();
  arrays.push_back(TRY(SequenceColumn(sequences)));
  arrays.push_back(TRY(TimeColumn(times)));
  const auto batch = TRY(MakeBatch(columns, values->num_rows(), std::move(arrays)));
  const RollingWriter::Place place = TRY(writer_.Write(columns, *batch));
  const FileId file = files_.IdOf(place.path);
  auto row = static_cast<std::uint32_t>(place.first_row);
  for (const ReducedBatch::Put& put : reduced.puts) {
    const KeyIndex::Entry entry{put.key, put.sequence, {file, row++}};
    if (key_.whole_row()) {
      index_.AddCopy(entry);
    } else {
      index_.Put(entry);
    }
  }
  counts_.inserted += reduced.puts.size();
  staged_ = true;
  return {};
}

void UpsertTable::ForgetStaged() {
  writer_.Abandon();
  files_.DropHidden();
  staged_ = false;
  cleared_ = false;
  annotation_.reset();
  inserted_before_ = counts_.inserted;
}

// ---- commit

Status UpsertTable::Commit(BatchNumber batch, const std::optional<SourcePosition>& position) {
  if (stale_) return Refresh();
  Progress next = covered_;
  next.batch = std::max(batch, next.batch);
  if (position) next.position = *position;
  const std::int64_t ahead = next.batch.value() - table_.progress().batch.value();
  const bool known = table_.progress().KnowsItsSource(next);
  if (!staged_ && known && ahead < table_.options().quiet_batches) {
    covered_ = std::move(next);
    return {};
  }
  return CommitNow(std::move(next));
}

Status UpsertTable::Flush() {
  const bool stored = covered_.batch == table_.progress().batch;
  return stored || staged_ || stale_ ? Status() : CommitNow(covered_);
}

Status UpsertTable::CommitNow(Progress next) {
  // Until the commit is known to be in, the index is ahead of the table.
  stale_ = true;
  // Copied rows of a table without a key cannot be told apart, so their new places are read.
  const bool copied = table_.rewrites() && key_.whole_row() && !files_.hidden().empty();
  RETURN_IF_ERROR(CommitStaged(std::move(next)));
  stale_ = false;
  covered_ = table_.progress();
  ++counts_.commits;
  ForgetStaged();
  files_.Trim();
  // Another program's compaction was stepped over: some places are no longer right.
  return table_.in_step() && !copied ? Status() : BuildIndex();
}

Status UpsertTable::CommitStaged(Progress next) {
  next.rows = static_cast<std::int64_t>(index_.size());
  delta::Transaction transaction = table_.Begin();
  const std::uint64_t hidden = CountOf(files_.hidden());
  const std::uint64_t inserted = counts_.inserted - inserted_before_;
  if (cleared_) {
    for (const delta::AddFile& file : table_.snapshot()->files()) transaction.Remove(file);
  }
  RETURN_IF_ERROR(AddStaged(transaction));
  if (annotation_) transaction.SetDomain(annotation_->first, annotation_->second);
  transaction.Describe("MERGE", {{"batch", std::to_string(next.batch.value())}},
                       {{"numTargetRowsInserted", std::to_string(inserted)},
                        {"numTargetRowsDeleted", std::to_string(hidden)}});
  return table_.Commit(std::move(transaction), std::move(next));
}

Status UpsertTable::AddStaged(delta::Transaction& transaction) {
  std::vector<delta::AddFile> staged = TRY(writer_.Finish());
  if (table_.rewrites()) {
    RETURN_IF_ERROR(CopyTouched(transaction, staged));
  } else {
    RETURN_IF_ERROR(HideRows(transaction, staged));
  }
  for (delta::AddFile& file : staged) transaction.Add(std::move(file));
  return {};
}

// Hidden rows become deletion vectors: of files in the table, and of files of this very commit
// (rows that a later batch of the round replaced). A file with no row left goes.
Status UpsertTable::HideRows(delta::Transaction& transaction, std::vector<delta::AddFile>& staged) {
  struct Touched {
    const delta::AddFile* live;
    std::size_t staged;
  };
  std::vector<Touched> touched;
  std::vector<const delta::DeletionVector*> vectors;
  std::vector<std::size_t> dead;
  for (const auto& [id, rows] : files_.hidden()) {
    const std::string path = files_.PathOf(FileId(id));
    const auto own = std::ranges::find(staged, path, &delta::AddFile::path);
    const auto at = static_cast<std::size_t>(own - staged.begin());
    const delta::AddFile* live = own == staged.end() ? table_.snapshot()->FindFile(path) : nullptr;
    const auto* vector = TRY(files_.Vector(table_.store(), FileId(id), live));
    const auto records = NumRecords(live != nullptr ? *live : *own);
    if (records && vector->cardinality() == static_cast<std::uint64_t>(*records)) {
      if (live != nullptr) transaction.Remove(*live);
      if (live == nullptr) dead.push_back(at);
      files_.Forget(path);
      continue;
    }
    touched.push_back({live, at});
    vectors.push_back(vector);
  }
  if (!vectors.empty()) {
    RETURN_IF_ERROR(table_.AllowDeletionVectors(transaction));
    const auto descriptors =
        TRY(delta::WriteDeletionVectors(table_.store(), vectors, table_.options().make_id()));
    for (std::size_t i = 0; i < touched.size(); ++i) {
      if (touched[i].live != nullptr) {
        transaction.ReplaceDeletionVector(*touched[i].live, descriptors[i]);
      } else {
        delta::AddFile& file = staged[touched[i].staged];
        file = WithDeletionVector(std::move(file), descriptors[i]);
      }
    }
  }
  std::ranges::sort(dead, std::greater<>());
  for (const std::size_t at : dead) staged.erase(staged.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

// Mode rewrite: what is left of the touched files is copied.
Status UpsertTable::CopyTouched(delta::Transaction& transaction,
                                std::vector<delta::AddFile>& staged) {
  const auto hidden = files_.hidden();
  for (const auto& [id, rows] : hidden) {
    const std::string path = files_.PathOf(FileId(id));
    const auto own = std::ranges::find(staged, path, &delta::AddFile::path);
    if (own != staged.end()) {
      RETURN_IF_ERROR(CopySurvivors(*own, rows));
      staged.erase(own);
    } else {
      const delta::AddFile* live = table_.snapshot()->FindFile(path);
      RETURN_IF_ERROR(CopySurvivors(*live, rows));
      transaction.Remove(*live);
    }
    files_.Forget(path);
  }
  auto copies = TRY(writer_.Finish());
  staged.insert(staged.end(), std::make_move_iterator(copies.begin()),
                std::make_move_iterator(copies.end()));
  return {};
}

Status UpsertTable::CopySurvivors(const delta::AddFile& file,
                                  const std::vector<std::uint32_t>& hidden) {
  const std::set<std::uint32_t> gone(hidden.begin(), hidden.end());
  const auto& columns = table_.columns();
  const auto copy = [&](const delta::ScannedBatch& scanned) -> Status {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < scanned.rows.size(); ++i) {
      const bool is_gone = gone.contains(static_cast<std::uint32_t>(scanned.rows[i]));
      if (!is_gone) kept.push_back(static_cast<std::uint32_t>(i));
    }
    if (kept.empty()) return {};
    const auto rows = TRY(TakeRows(scanned.batch, kept));
    const RollingWriter::Place place = TRY(writer_.Write(columns, *rows));
    if (key_.whole_row()) return {};
    std::vector<int> wanted = key_.columns();
    wanted.push_back(columns->GetFieldIndex("_seq"));
    std::vector<std::int64_t> places(kept.size());
    std::iota(places.begin(), places.end(), place.first_row);
    return IndexRows(*TRY(FromArrow(rows->SelectColumns(wanted))), files_.IdOf(place.path), places);
  };
  return delta::ScanFile(table_.store(), *table_.snapshot(), file, table_.AllColumns(), copy);
}

// ---- rules and schema changes

Status UpsertTable::UseRules(const RuleSet& rules) {
  const auto known = TRY(RuleRecordOf(*table_.snapshot()));
  const bool others = known ? known->rules != rules : !rules.empty();
  if (others && key_.whole_row() && !table_.snapshot()->files().empty()) {
    return Err(ErrorKind::kInvalidInput, rule_error::kRulesNeedReset,
               fmt::format("{} has no key, and rows that were made under other rules",
                           table_.source_schema()->id.ToString()));
  }
  RETURN_IF_ERROR(RecordRules(table_, rules));
  covered_ = table_.progress();
  return {};
}

void UpsertTable::Annotate(std::string domain, std::string configuration) {
  annotation_.emplace(std::move(domain), std::move(configuration));
  staged_ = true;
}

Status UpsertTable::Evolve(const SchemaChange& change) {
  if (stale_) RETURN_IF_ERROR(Refresh());
  Progress next = covered_;
  if (change.sequence <= next.schema_sequence) return {};
  RETURN_IF_ERROR(CheckFollowed(change));
  next.schema_sequence = change.sequence;
  next.dropped = change.kind == SchemaChangeKind::kDrop;
  if (next.dropped) {
    RETURN_IF_ERROR(table_.Commit(table_.Begin(), std::move(next)));
    covered_ = table_.progress();
    return {};
  }
  if (change.after->version <= next.schema) return {};
  const Projection projection = TRY(Projection::Of(*change.after, shape_.columns));
  const bool anew = change.kind == SchemaChangeKind::kCreate;
  stale_ = true;
  RETURN_IF_ERROR(anew ? ReplaceSchema(change, projection, std::move(next))
                       : FollowSchema(change, projection, std::move(next)));
  ++counts_.commits;
  return Refresh();
}

// The source table was made anew: its old rows are gone.
Status UpsertTable::ReplaceSchema(const SchemaChange& change, const Projection& projection,
                                  Progress next) {
  delta::Transaction transaction = table_.Begin();
  const auto columns =
      TRY(table_.SetColumns(transaction, ColumnsOf(projection.schema(), shape_, table_.datetime()),
                            change.after->version));
  RETURN_IF_ERROR(CheckNames(*columns, *change.after));
  for (const delta::AddFile& file : table_.snapshot()->files()) transaction.Remove(file);
  next.rows = 0;
  transaction.Describe("REPLACE TABLE", {{"ddl", change.ddl}}, {});
  return table_.Commit(std::move(transaction), std::move(next), change.after.get());
}

Status UpsertTable::FollowSchema(const SchemaChange& change, const Projection& projection,
                                 Progress next) {
  delta::Transaction transaction = table_.Begin();
  const auto columns =
      TRY(table_.SetColumns(transaction, ColumnsOf(projection.schema(), shape_, table_.datetime()),
                            change.after->version));
  RETURN_IF_ERROR(CheckNames(*columns, *change.after));
  // Renames in the statement are of source columns; a dimension's own names may stay.
  const EvolutionPlan plan =
      TRY(PlanEvolution(projection_.schema(), projection.schema(),
                        Projected(change, shape_.columns), table_.datetime()));
  // In Parquet mode plain readers take any file's columns for the table's.
  if (plan.rewrite || table_.in_parquet_mode()) {
    RETURN_IF_ERROR(RewriteFiles(
        table_, columns,
        [&](const arrow::RecordBatch& rows) { return MapRows(plan, rows, columns); }, true,
        transaction));
  }
  transaction.Describe("CHANGE SCHEMA", {{"ddl", change.ddl}}, {});
  return table_.Commit(std::move(transaction), std::move(next), change.after.get());
}

Status UpsertTable::Refresh() {
  ForgetStaged();
  stale_ = true;
  RETURN_IF_ERROR(table_.Refresh());
  covered_ = table_.progress();
  projection_ = TRY(Projection::Of(*table_.source_schema(), shape_.columns));
  key_ = projection_.Key();
  return BuildIndex();
}

// ---- maintenance

Result<bool> UpsertTable::Maintain(const CompactionPolicy& policy) {
  if (stale_) RETURN_IF_ERROR(Refresh());
  if (staged_) return false;
  const std::vector<const delta::AddFile*> files = ChooseFiles(*table_.snapshot(), policy);
  if (files.empty()) return false;
  std::vector<std::string> old_paths;
  for (const delta::AddFile* file : files) old_paths.push_back(file->path);
  stale_ = true;
  const std::vector<delta::AddFile> added = TRY(CompactFiles(table_, files));
  if (key_.whole_row() || !table_.in_step()) {
    RETURN_IF_ERROR(BuildIndex());
    return true;
  }
  // The keys are the same; only their places are new.
  for (const std::string& path : old_paths) files_.Forget(path);
  for (const delta::AddFile& file : added) RETURN_IF_ERROR(IndexFile(file));
  stale_ = false;
  return true;
}

std::size_t UpsertTable::memory_bytes() const {
  return index_.memory_bytes() + files_.memory_bytes();
}

}  // namespace foreset::lake
