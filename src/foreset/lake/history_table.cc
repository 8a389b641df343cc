// SPDX-License-Identifier: MIT
#include "foreset/lake/history_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/lake_names.h"
#include "foreset/lake/rewrite.h"
#include "foreset/lake/rule_record.h"
#include "foreset/lake/schema_evolution.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

using arrow::internal::checked_cast;

constexpr std::size_t kHistoryColumns = 6;
constexpr std::string_view kTruncateName = "TRUNCATE";
constexpr std::string_view kDeleteName = "DELETE";
// Marks, in an index made of history, keys whose last row is gone.
constexpr FileId kGone{1};

std::string_view NameOf(Operation operation) {
  switch (operation) {
    case Operation::kSnapshot:
      return "SNAPSHOT";
    case Operation::kInsert:
      return "INSERT";
    case Operation::kUpdate:
      return "UPDATE";
    case Operation::kDelete:
      return kDeleteName;
    case Operation::kTruncate:
      return kTruncateName;
  }
  return {};
}

// The table's columns: those of the source (as they have accumulated), then the history's own.
std::shared_ptr<arrow::Schema> HistoryColumns(arrow::FieldVector fields) {
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  fields.push_back(arrow::field("_op", arrow::utf8()));
  fields.push_back(arrow::field("_seq", arrow::utf8()));
  fields.push_back(arrow::field("_prev_seq", arrow::utf8()));
  fields.push_back(arrow::field("_valid_from", time));
  fields.push_back(arrow::field("_valid_to", time));
  fields.push_back(arrow::field("_late", arrow::boolean()));
  return arrow::schema(std::move(fields));
}

arrow::FieldVector SourceFields(const arrow::Schema& columns) {
  arrow::FieldVector fields = columns.fields();
  fields.resize(fields.size() - kHistoryColumns);
  return fields;
}

constexpr Operation kRanksOfPuts[] = {Operation::kSnapshot, Operation::kUpdate, Operation::kInsert};

// What becomes of a row that a rule hid or hides is told as far as it was seen.
bool IsTold(const KeyedChange& change, const ChangeOutcome& outcome) {
  if (!change.told) return false;
  const bool went = outcome.previous && !outcome.late;
  return went || !change.hidden || change.effect != KeyEffect::kRemove;
}

std::string_view NameOf(const KeyedChange& change, const ChangeOutcome& outcome) {
  if (!change.hidden) return NameOf(change.operation);
  if (change.effect == KeyEffect::kRemove) return kDeleteName;
  return NameOf(outcome.previous ? Operation::kUpdate : Operation::kInsert);
}

// The images of the rows that are told, in the order of the changes: `after`, or `before` for what
// is gone.
Result<std::shared_ptr<arrow::RecordBatch>> Images(const KeyedChanges& changes,
                                                   const std::vector<const KeyedChange*>& told) {
  const bool all_after =
      std::ranges::all_of(told, [](const auto* change) { return change->from_after; });
  std::vector<std::uint32_t> rows;
  rows.reserve(told.size());
  if (all_after) {
    for (const KeyedChange* change : told) rows.push_back(change->row);
    return TakeRows(changes.after, rows);
  }
  const auto offset = static_cast<std::uint32_t>(changes.after->num_rows());
  for (const KeyedChange* change : told) {
    rows.push_back(change->from_after ? change->row : change->row + offset);
  }
  const auto both =
      TRY(FromArrow(arrow::Table::FromRecordBatches({changes.after, changes.before})));
  return TakeRows(TRY(FromArrow(both->CombineChunksToBatch())), rows);
}

}  // namespace

HistoryTable::HistoryTable(LakeTable table, Columns spec, Projection projection)
    : table_(std::move(table)),
      spec_(std::move(spec)),
      projection_(std::move(projection)),
      writer_(table_.NewWriter()),
      covered_(table_.progress()) {}

Result<std::unique_ptr<HistoryTable>> HistoryTable::Create(std::shared_ptr<ObjectStore> store,
                                                           std::string table,
                                                           const LakeOptions& options,
                                                           const Columns& columns,
                                                           const TableSchema& schema) {
  Projection projection = TRY(Projection::Of(schema, columns));
  const auto fields = HistoryColumns(LakeFields(projection.schema(), options.datetime()));
  RETURN_IF_ERROR(CheckNames(*fields, schema));
  LakeTable created =
      TRY(LakeTable::Create(std::move(store), std::move(table), options, *fields, schema, {}));
  return std::unique_ptr<HistoryTable>(
      new HistoryTable(std::move(created), columns, std::move(projection)));
}

Result<std::unique_ptr<HistoryTable>> HistoryTable::Open(std::shared_ptr<ObjectStore> store,
                                                         std::string table,
                                                         const LakeOptions& options,
                                                         const Columns& columns) {
  LakeTable opened = TRY(LakeTable::Open(std::move(store), std::move(table), options));
  RETURN_IF_ERROR(opened.TakeOver());
  Projection projection = TRY(Projection::Of(*opened.source_schema(), columns));
  return std::unique_ptr<HistoryTable>(
      new HistoryTable(std::move(opened), columns, std::move(projection)));
}

Result<KeyedChanges> HistoryTable::Key(const RuledBatch& batch) const {
  RETURN_IF_ERROR(CheckVersion(*batch.changes, table_.source_schema()->version, table_.name()));
  return KeyChanges(batch, projection_, covered_.Floor());
}

Status HistoryTable::Stage(const KeyedChanges& changes,
                           const std::vector<ChangeOutcome>& outcomes) {
  std::vector<const KeyedChange*> told;
  std::vector<Sequence> sequences;
  std::vector<std::optional<Sequence>> previous;
  std::vector<Timestamp> times;
  arrow::StringBuilder operations;
  arrow::BooleanBuilder late;
  for (std::size_t i = 0; i < changes.changes.size(); ++i) {
    const KeyedChange& change = changes.changes[i];
    if (!IsTold(change, outcomes[i])) continue;
    told.push_back(&change);
    sequences.push_back(change.sequence);
    previous.push_back(outcomes[i].previous);
    times.push_back(changes.batch->TransactionOf(change.row).committed_at);
    RETURN_IF_ERROR(FromArrow(operations.Append(NameOf(change, outcomes[i]))));
    RETURN_IF_ERROR(FromArrow(late.Append(outcomes[i].late)));
  }
  if (told.empty()) return {};
  const auto& columns = table_.columns();
  const auto images = TRY(Images(changes, told));
  const auto named = TRY(ByLakeNames(*images, projection_.schema()));
  const auto rows = TRY(ConformBatch(*named, arrow::schema(SourceFields(*columns))));
  arrow::ArrayVector arrays = rows->columns();
  arrays.push_back(TRY(FromArrow(operations.Finish())));
  arrays.push_back(TRY(SequenceColumn(sequences)));
  arrays.push_back(TRY(SequenceColumn(previous)));
  arrays.push_back(TRY(TimeColumn(times)));
  arrays.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(arrays.back()->type(), rows->num_rows()))));
  arrays.push_back(TRY(FromArrow(late.Finish())));
  const auto batch = TRY(MakeBatch(columns, rows->num_rows(), std::move(arrays)));
  TRY(writer_.Write(columns, *batch));
  staged_rows_ += told.size();
  return {};
}

Status HistoryTable::TakeAgain(KeyedChanges changes, const std::vector<ChangeOutcome>& outcomes) {
  if (changes.changes.empty()) return {};
  const auto oldest = std::ranges::min_element(changes.changes, {}, &KeyedChange::sequence);
  std::set<KeyPlace> known = TRY(PlacesFrom(oldest->sequence.WithRank(Operation::kSnapshot)));
  // Puts first: where one is told, its key needs no removal at that place.
  for (const KeyEffect effect : {KeyEffect::kPut, KeyEffect::kRemove}) {
    for (KeyedChange& change : changes.changes) {
      if (change.effect != effect || change.hidden) continue;
      const auto is_known = [&](Operation rank) {
        return known.contains({change.key, change.sequence.WithRank(rank)});
      };
      const bool tells = known.emplace(change.key, change.sequence).second;
      change.told = change.told && tells &&
                    (effect == KeyEffect::kPut || std::ranges::none_of(kRanksOfPuts, is_known));
    }
  }
  RETURN_IF_ERROR(Stage(changes, outcomes));
  return staged_rows_ == 0 ? Status() : CommitStaged(table_.Begin(), covered_, nullptr);
}

// By the key's columns and `_seq`, of the rows at or after `lowest`.
Result<std::set<HistoryTable::KeyPlace>> HistoryTable::PlacesFrom(Sequence lowest) const {
  std::set<KeyPlace> places;
  delta::ScanOptions options;
  const RowKey key(KeyColumns(options), false);
  options.columns->emplace_back("_seq");
  options.keep_file = [text = lowest.ToString()](const delta::AddFile& file) {
    const auto greatest = MaxText(file, "_seq");
    return !greatest || *greatest >= text;
  };
  RETURN_IF_ERROR(delta::ScanTable(
      table_.store(), *table_.snapshot(), options,
      [&](const delta::ScannedBatch& scanned) -> Status {
        const auto keys = TRY(key.Digests(*scanned.batch));
        const auto& sequences =
            checked_cast<const arrow::StringArray&>(*scanned.batch->columns().back());
        for (std::size_t i = 0; i < keys.size(); ++i) {
          const auto sequence = Sequence::Parse(sequences.GetView(static_cast<std::int64_t>(i)));
          if (sequence && *sequence >= lowest) places.emplace(keys[i], *sequence);
        }
        return {};
      }));
  return places;
}

Status HistoryTable::Commit(BatchNumber batch, const std::optional<SourcePosition>& position) {
  Progress next = covered_;
  next.batch = std::max(batch, next.batch);
  if (position) next.position = *position;
  const std::int64_t ahead = next.batch.value() - table_.progress().batch.value();
  const bool known = table_.progress().KnowsItsSource(next);
  if (staged_rows_ == 0 && known && ahead < table_.options().quiet_batches) {
    covered_ = std::move(next);
    return {};
  }
  return CommitStaged(table_.Begin(), std::move(next), nullptr);
}

Status HistoryTable::Flush() {
  const bool stored = covered_.batch == table_.progress().batch;
  return stored || staged_rows_ > 0 ? Status() : CommitStaged(table_.Begin(), covered_, nullptr);
}

Status HistoryTable::CommitStaged(delta::Transaction transaction, Progress next,
                                  const TableSchema* source) {
  for (delta::AddFile& file : TRY(writer_.Finish())) {
    file.tags = OrderedTags();
    transaction.Add(std::move(file));
  }
  transaction.Describe("STREAMING UPDATE", {{"batch", std::to_string(next.batch.value())}},
                       {{"numOutputRows", std::to_string(staged_rows_)}});
  next.rows =
      next.rows.value_or(LiveRows(*table_.snapshot())) + static_cast<std::int64_t>(staged_rows_);
  RETURN_IF_ERROR(table_.Commit(std::move(transaction), std::move(next), source));
  rows_written_ += std::exchange(staged_rows_, 0);
  covered_ = table_.progress();
  return {};
}

Status HistoryTable::UseRules(const RuleSet& rules) {
  RETURN_IF_ERROR(RecordRules(table_, rules));
  covered_ = table_.progress();
  return {};
}

Status HistoryTable::Evolve(const SchemaChange& change) {
  Progress next = covered_;
  if (change.sequence <= next.schema_sequence) return {};
  RETURN_IF_ERROR(CheckFollowed(change));
  next.schema_sequence = change.sequence;
  next.dropped = change.kind == SchemaChangeKind::kDrop;
  if (next.dropped) return CommitStaged(table_.Begin(), std::move(next), nullptr);
  if (change.after->version <= next.schema) return {};
  Projection projection = TRY(Projection::Of(*change.after, spec_));
  const auto wanted = LakeFields(projection.schema(), table_.datetime());
  AppendedColumns appended = TRY(AppendColumns(SourceFields(*table_.columns()), wanted));
  delta::Transaction transaction = table_.Begin();
  const auto columns = TRY(table_.SetColumns(
      transaction, HistoryColumns(std::move(appended.fields)), change.after->version));
  RETURN_IF_ERROR(CheckNames(*columns, *change.after));
  // In Parquet mode plain readers take any file's columns for the table's.
  const bool rewritten = appended.widened || table_.in_parquet_mode();
  if (rewritten) RETURN_IF_ERROR(RewriteWidened(table_, columns, transaction));
  // The source table was made anew: what was current is so no more.
  if (change.kind == SchemaChangeKind::kCreate) RETURN_IF_ERROR(WriteMarker(change));
  RETURN_IF_ERROR(CommitStaged(std::move(transaction), std::move(next), change.after.get()));
  projection_ = std::move(projection);
  return {};
}

Status HistoryTable::WriteMarker(const SchemaChange& change) {
  const auto& columns = table_.columns();
  arrow::ArrayVector arrays;
  for (const auto& field : columns->fields()) {
    arrays.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(field->type(), 1))));
  }
  const std::size_t own = arrays.size() - kHistoryColumns;
  arrow::StringBuilder operation;
  RETURN_IF_ERROR(FromArrow(operation.Append(kTruncateName)));
  arrow::BooleanBuilder late;
  RETURN_IF_ERROR(FromArrow(late.Append(false)));
  arrays[own] = TRY(FromArrow(operation.Finish()));
  arrays[own + 1] = TRY(SequenceColumn(std::vector<Sequence>{change.sequence}));
  arrays[own + 3] = TRY(TimeColumn({change.committed_at}));
  arrays[own + 5] = TRY(FromArrow(late.Finish()));
  const auto batch = TRY(MakeBatch(columns, 1, std::move(arrays)));
  TRY(writer_.Write(columns, *batch));
  ++staged_rows_;
  return {};
}

Status HistoryTable::Refresh() {
  writer_.Abandon();
  staged_rows_ = 0;
  RETURN_IF_ERROR(table_.Refresh());
  covered_ = table_.progress();
  projection_ = TRY(Projection::Of(*table_.source_schema(), spec_));
  return {};
}

// Begins the columns to read with those of the key; where these are among them.
std::vector<int> HistoryTable::KeyColumns(delta::ScanOptions& options) const {
  options.columns.emplace();
  std::vector<int> places;
  const RowKey key = projection_.Key();
  for (const int column : key.columns()) {
    places.push_back(static_cast<int>(options.columns->size()));
    options.columns->push_back(
        projection_.schema().columns[static_cast<std::size_t>(column)].InLake());
  }
  return places;
}

Result<KeyIndex> HistoryTable::Fold() const {
  // The last row of each key decides, whatever the order of reading; then rows before the last
  // TRUNCATE, and deleted ones, are taken away.
  KeyIndex last;
  Sequence truncated;
  std::vector<Hash128> keys_seen;
  const RowKey key = projection_.Key();
  if (key.whole_row()) return last;
  delta::ScanOptions options;
  const std::vector<int> key_columns = KeyColumns(options);
  options.columns->insert(options.columns->end(), {"_seq", "_op"});
  const auto fold = [&](const delta::ScannedBatch& scanned) -> Status {
    const auto keys = TRY(RowKey(key_columns, false).Digests(*scanned.batch));
    const int columns = scanned.batch->num_columns();
    const auto& sequences =
        checked_cast<const arrow::StringArray&>(*scanned.batch->column(columns - 2));
    const auto& operations =
        checked_cast<const arrow::StringArray&>(*scanned.batch->column(columns - 1));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      const Sequence sequence = Sequence::Parse(sequences.GetView(row)).value_or(Sequence());
      if (operations.GetView(row) == kTruncateName) {
        truncated = std::max(truncated, sequence);
        continue;
      }
      const KeyIndex::Entry* known = last.Find(keys[i]);
      if (known != nullptr && known->sequence >= sequence) continue;
      if (known == nullptr) keys_seen.push_back(keys[i]);
      const bool gone = operations.GetView(row) == kDeleteName;
      last.Put({keys[i], sequence, {gone ? kGone : FileId(0), 0}});
    }
    return {};
  };
  RETURN_IF_ERROR(delta::ScanTable(table_.store(), *table_.snapshot(), options, fold));
  for (const Hash128& seen : keys_seen) {
    const KeyIndex::Entry* entry = last.Find(seen);
    if (entry->place.file == kGone || entry->sequence < truncated) last.Erase(seen);
  }
  return last;
}

}  // namespace foreset::lake
