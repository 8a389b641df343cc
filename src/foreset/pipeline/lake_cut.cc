// SPDX-License-Identifier: MIT
#include "foreset/pipeline/lake_cut.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/delta/snapshot.h"
#include "foreset/delta/table_history.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/bronze_codec.h"
#include "foreset/model/arrow_status.h"
#include "foreset/pipeline/column_origins.h"
#include "foreset/pipeline/history_fold.h"

namespace foreset::pipeline {
namespace {

// The newest version whose progress satisfies `holds`.
Result<std::shared_ptr<const delta::Snapshot>> SnapshotWhere(
    const std::shared_ptr<ObjectStore>& store,
    const std::function<bool(const lake::Progress&)>& holds) {
  const auto version = TRY(delta::FindVersionByDomain(
      *store, lake::kProgressDomain, [&](std::string_view configuration) {
        const auto progress = lake::ProgressFromJson(configuration);
        return progress && holds(*progress);
      }));
  if (!version) {
    return Err(ErrorKind::kTransient, ErrorCode::kCutNotKept,
               fmt::format("{} keeps no version that is old enough", store->Describe()));
  }
  return delta::Snapshot::Load(store, version);
}

Result<lake::Progress> ProgressOf(const delta::Snapshot& snapshot) {
  const auto configuration = snapshot.FindDomain(lake::kProgressDomain);
  if (!configuration) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged, "the table has no progress");
  }
  return lake::ProgressFromJson(*configuration);
}

// What bronze says of the keys that changed between a version and the cut.
class Overlay {
 public:
  explicit Overlay(const RowDigester& digester, bool whole_row)
      : digester_(digester), whole_row_(whole_row) {}

  Status Apply(const lake::RuledBatch& ruled, Sequence limit, const lake::Projection& projection) {
    const ChangeBatch& batch = *ruled.changes;
    const auto before = TRY(digester_.Digest(*projection.Apply(*batch.before)));
    const auto after = TRY(digester_.Digest(*projection.Apply(*batch.after)));
    const auto late = [&](std::size_t i) { return batch.IsLate(i) && !whole_row_; };
    beyond_ = beyond_ || batch.sequences.back() >= limit;
    for (std::size_t i = 0; i < batch.size() && batch.sequences[i] < limit; ++i) {
      const Operation operation = batch.operations[i];
      if (late(i) && (beyond_ || operation == Operation::kTruncate)) {
        // What made it late may be beyond the cut itself.
        return Err(ErrorKind::kTransient, ErrorCode::kCutNotKept, "late changes came at the cut");
      }
      if (late(i)) continue;
      if (operation == Operation::kTruncate) Clear();
      const bool removes = operation == Operation::kUpdate || operation == Operation::kDelete;
      if (removes && !(whole_row_ && ruled.HidesBefore(i))) Remove(before.keys[i]);
      const bool puts = operation != Operation::kDelete && operation != Operation::kTruncate;
      if (!puts || batch.IsLate(i)) continue;
      if (!ruled.HidesAfter(i)) {
        Put(after, i);
      } else if (!whole_row_) {
        Remove(after.keys[i]);
      }
    }
    return {};
  }

  // Leaves out of `rows` what the overlay knows better.
  void Filter(DigestedRows& rows) {
    if (cleared_) {
      rows = {};
      return;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.keys.size(); ++i) {
      if (Replaces(rows.keys[i])) continue;
      rows.keys[kept] = rows.keys[i];
      rows.rows[kept] = rows.rows[i];
      rows.origin[kept] = rows.origin[i];
      ++kept;
    }
    rows.keys.resize(kept);
    rows.rows.resize(kept);
    rows.origin.resize(kept);
  }

  Status Emit(const DigestSink& sink) const {
    for (const auto& [key, state] : states_) {
      for (std::int64_t copy = 0; copy < state.copies; ++copy) {
        RETURN_IF_ERROR(sink(state.last));
      }
    }
    return {};
  }

 private:
  struct State {
    std::int64_t copies = 0;  // keyed: 0 or 1; else how many more (or, below 0, fewer) rows
    DigestedRows last;        // one row
  };

  void Clear() {
    cleared_ = true;
    states_.clear();
  }
  void Remove(const Hash128& key) {
    State& state = states_[key];
    state.copies = whole_row_ ? state.copies - 1 : 0;
  }
  void Put(const DigestedRows& after, std::size_t i) {
    State& state = states_[after.keys[i]];
    state.copies = whole_row_ ? state.copies + 1 : 1;
    state.last = {{after.keys[i]}, {after.rows[i]}, after.columns, {after.origin[i]}};
  }
  bool Replaces(const Hash128& key) {
    const auto it = states_.find(key);
    if (it == states_.end()) return false;
    if (!whole_row_) return true;
    if (it->second.copies >= 0) return false;
    ++it->second.copies;
    return true;
  }

  const RowDigester& digester_;
  bool whole_row_;
  bool cleared_ = false;
  bool beyond_ = false;  // changes beyond the cut have gone by
  std::unordered_map<Hash128, State> states_;
};

bool IsBefore(const lake::Progress& progress, const SourcePosition& position) {
  if (!progress.position.from_topics) return progress.Floor() <= position.Floor();
  return std::ranges::all_of(progress.position.partitions, [&](const PartitionPosition& partition) {
    return partition.highest < position.Ceiling();
  });
}

// Bronze's rows as a history would have them: `_op` and `_seq` behind the columns. A row that a
// rule hides is as good as deleted.
Result<std::shared_ptr<arrow::RecordBatch>> AsHistory(const lake::RuledBatch& ruled) {
  const ChangeBatch& batch = *ruled.changes;
  arrow::StringBuilder operations;
  arrow::StringBuilder sequences;
  arrow::ArrayVector columns;
  std::vector<bool> removed;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Operation operation = batch.operations[i];
    removed.push_back(operation == Operation::kDelete);
    const char* name = operation == Operation::kTruncate       ? "TRUNCATE"
                       : removed.back() || ruled.HidesAfter(i) ? "DELETE"
                                                               : "UPDATE";
    RETURN_IF_ERROR(FromArrow(operations.Append(name)));
    RETURN_IF_ERROR(FromArrow(sequences.Append(batch.sequences[i].ToString())));
  }
  arrow::FieldVector fields = batch.after->schema()->fields();
  for (int column = 0; column < batch.after->num_columns(); ++column) {
    std::unique_ptr<arrow::ArrayBuilder> builder;
    RETURN_IF_ERROR(FromArrow(arrow::MakeBuilder(
        arrow::default_memory_pool(), fields[static_cast<std::size_t>(column)]->type(), &builder)));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto& from = removed[i] ? batch.before->column(column) : batch.after->column(column);
      RETURN_IF_ERROR(
          FromArrow(builder->AppendArraySlice(*from->data(), static_cast<std::int64_t>(i), 1)));
    }
    columns.push_back(TRY(FromArrow(builder->Finish())));
  }
  fields.push_back(arrow::field("_op", arrow::utf8()));
  fields.push_back(arrow::field("_seq", arrow::utf8()));
  columns.push_back(TRY(FromArrow(operations.Finish())));
  columns.push_back(TRY(FromArrow(sequences.Finish())));
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.after->num_rows(),
                                  std::move(columns));
}

}  // namespace

Result<std::optional<lake::Progress>> ReadProgress(std::shared_ptr<ObjectStore> table) {
  if (!TRY(lake::LakeTable::Exists(*table))) return std::nullopt;
  const auto snapshot = TRY(delta::Snapshot::Load(std::move(table)));
  return TRY(ProgressOf(*snapshot));
}

Result<LakeCut> LakeCut::At(const SourcePosition& position, const lake::BronzeTable& bronze,
                            std::vector<SchemaChange> changes, lake::RowRules* rules) {
  LakeCut cut(position.Ceiling(), bronze, rules);
  const auto snapshot =
      TRY(SnapshotWhere(bronze.table().shared_store(), [&](const lake::Progress& progress) {
        return IsBefore(progress, position);
      }));
  const lake::Progress progress = TRY(ProgressOf(*snapshot));
  cut.at_ = progress.batch;
  // The batch after may begin before the cut.
  cut.needed_ = std::min(progress.batch.Next(), bronze.progress().batch);
  if (bronze.from_topics()) cut.needed_ = bronze.progress().batch;
  for (const SchemaChange& change : changes) {
    if (change.sequence <= position.Floor() && change.after) cut.schema_ = change.after;
  }
  cut.changes_ = std::move(changes);
  if (cut.schema_ == nullptr) {
    return Err(ErrorKind::kTransient, ErrorCode::kCutNotKept,
               fmt::format("{} is younger than the position", bronze.table().name()));
  }
  return cut;
}

Result<LakeCut> LakeCut::AtEnd(const lake::BronzeTable& bronze, std::vector<SchemaChange> changes,
                               lake::RowRules* rules) {
  LakeCut cut(Sequence::FromBits(~0ULL, ~0ULL), bronze, rules);
  cut.at_ = cut.needed_ = bronze.progress().batch;
  cut.schema_ = bronze.schema();
  cut.changes_ = std::move(changes);
  return cut;
}

// Each row under the schema that it was written under, and from there to that of the cut.
Status LakeCut::LoggedRows(const lake::Projection& projection, const DigestSink& sink) const {
  HistoryFold fold(projection, changes_, limit_);
  const ColumnOrigins origins(*schema_, changes_, limit_);
  const auto add = [&](const lake::ReplayItem& item) -> Status {
    const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&item.item);
    if (rows == nullptr || (*rows)->sequences.back() < origins.made()) return {};
    const lake::RuledBatch ruled = TRY(lake::ApplyRules(rules_, **rows));
    const auto history = TRY(AsHistory(ruled));
    const auto mapped = TRY(origins.Map(*history, origins.PeriodOf((*rows)->schema->version)));
    const auto projected = projection.Apply(*mapped);
    arrow::ArrayVector columns = projected->columns();
    arrow::FieldVector fields = projected->schema()->fields();
    for (const char* own : {"_op", "_seq"}) {
      columns.push_back(mapped->GetColumnByName(own));
      fields.push_back(arrow::field(own, arrow::utf8()));
    }
    return fold.AddMapped(
        *arrow::RecordBatch::Make(arrow::schema(fields), mapped->num_rows(), columns));
  };
  RETURN_IF_ERROR(bronze_->Replay(lake::BatchNumber(0), at_, changes_, add));
  return fold.Emit(sink);
}

Status LakeCut::CurrentRows(std::shared_ptr<ObjectStore> table, const lake::Projection& projection,
                            const DigestSink& sink) const {
  const auto snapshot = TRY(
      SnapshotWhere(table, [&](const lake::Progress& progress) { return progress.batch <= at_; }));
  const lake::Progress progress = TRY(ProgressOf(*snapshot));
  const RowDigester digester(projection);
  Overlay overlay(digester, projection.schema().key_kind == KeyKind::kWholeRow);
  const Sequence limit = limit_;
  RETURN_IF_ERROR(bronze_->Replay(
      progress.batch, needed_, changes_, [&](const lake::ReplayItem& item) -> Status {
        if (const auto* change = std::get_if<SchemaChange>(&item.item)) {
          if (change->sequence <= progress.schema_sequence || change->sequence >= limit) return {};
          return Err(ErrorKind::kTransient, ErrorCode::kCutNotKept,
                     "the table's schema is changing at this moment");
        }
        const auto& rows = std::get<std::shared_ptr<const ChangeBatch>>(item.item);
        if (rows->sequences.front() >= limit) return {};
        const lake::RuledBatch ruled = TRY(lake::ApplyRules(rules_, *rows));
        return overlay.Apply(ruled, limit, projection);
      }));
  const auto take = [&](const delta::ScannedBatch& scanned) -> Status {
    DigestedRows rows = TRY(digester.Digest(*scanned.batch));
    overlay.Filter(rows);
    return rows.keys.empty() ? Status{} : sink(rows);
  };
  const Status scanned = delta::ScanTable(*table, *snapshot, {}, take);
  if (!scanned && scanned.error().kind == ErrorKind::kNotFound) {
    // In Parquet mode a file that was replaced is kept for a while only.
    return Err(ErrorKind::kTransient, ErrorCode::kCutNotKept, scanned.error().message);
  }
  RETURN_IF_ERROR(scanned);
  return overlay.Emit(sink);
}

Status LakeCut::FoldedRows(std::shared_ptr<ObjectStore> history, const lake::Projection& projection,
                           const DigestSink& sink) const {
  const auto snapshot = TRY(delta::Snapshot::Load(history));
  HistoryFold fold(projection, changes_, limit_);
  RETURN_IF_ERROR(delta::ScanTable(
      *history, *snapshot, {},
      [&](delta::ScannedBatch scanned) -> Status { return fold.Add(*scanned.batch); }));
  return fold.Emit(sink);
}

}  // namespace foreset::pipeline
