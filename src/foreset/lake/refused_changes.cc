// SPDX-License-Identifier: MIT
#include "foreset/lake/refused_changes.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>

#include "foreset/base/hash128.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/bronze_codec.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/projection.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

struct FoundRow {
  std::optional<Sequence> place;  // nothing: a removal
  Sequence sequence;
  Operation operation = Operation::kInsert;
  Hash128 key;
  std::uint32_t event_row = 0;
  std::uint64_t event_offset = 0;
  SourceTransaction transaction;
  std::shared_ptr<arrow::RecordBatch> image;
  bool late = false;
};

bool Removes(Operation operation) {
  return operation == Operation::kDelete || operation == Operation::kUpdate;
}
bool Puts(Operation operation) {
  return operation != Operation::kDelete && operation != Operation::kTruncate;
}

class Search {
 public:
  Search(const LakeTable& bronze, const std::set<Sequence>& places)
      : bronze_(bronze),
        schema_(bronze.source_schema()),
        key_(Projection::All(*schema_).Key()),
        missing_(places) {}

  Result<RefusedChanges> Run() {
    if (missing_.empty()) return RefusedChanges();
    const std::string lowest = missing_.begin()->ToString();
    RETURN_IF_ERROR(Scan(lowest, [this](const auto& log) { return FindRows(log); }));
    found_.unknown.assign(missing_.begin(), missing_.end());
    if (rows_.empty()) return std::move(found_);
    RETURN_IF_ERROR(Scan(lowest, [this](const auto& log) { return NoteNewer(log); }));
    AddRemovals();
    found_.changes = TRY(Gather());
    return std::move(found_);
  }

 private:
  Status Scan(const std::string& lowest,
              const std::function<Status(const arrow::RecordBatch&)>& take) const {
    for (const delta::AddFile& file : bronze_.snapshot()->files()) {
      if (const auto greatest = MaxText(file, "_seq"); greatest && *greatest < lowest) continue;
      RETURN_IF_ERROR(delta::ScanFile(
          bronze_.store(), *bronze_.snapshot(), file, bronze_.AllColumns(),
          [&](const delta::ScannedBatch& scanned) { return take(*scanned.batch); }));
    }
    return {};
  }

  Status FindRows(const arrow::RecordBatch& log) {
    const auto rows = TRY(FromBronze(log, schema_, bronze_.datetime()));
    const auto before = TRY(key_.Digests(*rows->before));
    const auto after = TRY(key_.Digests(*rows->after));
    const auto& versions = static_cast<const arrow::Int64Array&>(*log.GetColumnByName("_schema"));
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const Sequence place = rows->sequences[i];
      const Operation operation = rows->operations[i];
      if (!Puts(operation) || missing_.erase(place) == 0) continue;
      const auto row = static_cast<std::int64_t>(i);
      if (versions.Value(row) != schema_->version.value()) {
        found_.of_other_schemas.push_back(place);
        continue;
      }
      const bool moved = operation == Operation::kUpdate && before[i] != after[i];
      rows_.push_back(
          {.place = place,
           .sequence = moved ? place.WithRank(Operation::kInsert) : place,
           .operation = operation == Operation::kSnapshot ? operation : Operation::kInsert,
           .key = after[i],
           .event_row = rows->event_rows[i],
           .event_offset = rows->event_offsets[i],
           .transaction = rows->TransactionOf(i),
           .image = rows->after->Slice(row, 1)});
      newer_[after[i]];
    }
    return {};
  }

  Status NoteNewer(const arrow::RecordBatch& log) {
    const auto rows = TRY(FromBronze(log, schema_, bronze_.datetime()));
    const auto before = TRY(key_.Digests(*rows->before));
    const auto after = TRY(key_.Digests(*rows->after));
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const Operation operation = rows->operations[i];
      const Sequence place = rows->sequences[i];
      if (operation == Operation::kTruncate) truncated_ = std::max(truncated_, place);
      if (Removes(operation)) Note(before[i], place, rows->TransactionOf(i));
      if (Puts(operation)) Note(after[i], place, rows->TransactionOf(i));
    }
    return {};
  }

  void Note(const Hash128& key, Sequence place, const SourceTransaction& transaction) {
    const auto known = newer_.find(key);
    if (known != newer_.end()) known->second.emplace(place, transaction);
  }

  void AddRemovals() {
    std::vector<FoundRow> removals;
    for (FoundRow& row : rows_) {
      const auto& places = newer_.at(row.key);
      const auto next = places.upper_bound(*row.place);
      row.late = next != places.end() || row.sequence < truncated_;
      if (next == places.end()) continue;
      FoundRow removal = row;
      removal.place.reset();
      removal.sequence = next->first.WithRank(Operation::kDelete);
      removal.operation = Operation::kDelete;
      removal.transaction = next->second;
      removals.push_back(std::move(removal));
    }
    rows_.insert(rows_.end(), std::make_move_iterator(removals.begin()),
                 std::make_move_iterator(removals.end()));
    std::ranges::stable_sort(rows_, {}, &FoundRow::sequence);
  }

  Result<std::shared_ptr<const ChangeBatch>> Gather() {
    auto batch = std::make_shared<ChangeBatch>();
    batch->schema = schema_;
    for (FoundRow& row : rows_) {
      found_.places.push_back(row.place);
      batch->operations.push_back(row.operation);
      batch->sequences.push_back(row.sequence);
      batch->event_rows.push_back(row.event_row);
      batch->event_offsets.push_back(row.event_offset);
      batch->transaction_of.push_back(static_cast<std::uint32_t>(batch->transactions.size()));
      batch->transactions.push_back(std::move(row.transaction));
      batch->late.push_back(row.late ? 1 : 0);
    }
    batch->before = TRY(Images(false));
    batch->after = TRY(Images(true));
    return std::shared_ptr<const ChangeBatch>(std::move(batch));
  }

  // NULLs where the row has no such image.
  Result<std::shared_ptr<arrow::RecordBatch>> Images(bool after) const {
    const auto columns = rows_.front().image->schema();
    arrow::ArrayVector nulls;
    for (const auto& field : columns->fields()) {
      nulls.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(field->type(), 1))));
    }
    const auto nothing = arrow::RecordBatch::Make(columns, 1, std::move(nulls));
    std::vector<std::shared_ptr<arrow::RecordBatch>> images;
    for (const FoundRow& row : rows_) {
      images.push_back((row.operation != Operation::kDelete) == after ? row.image : nothing);
    }
    const auto table = TRY(FromArrow(arrow::Table::FromRecordBatches(images)));
    return FromArrow(table->CombineChunksToBatch());
  }

  const LakeTable& bronze_;
  std::shared_ptr<const TableSchema> schema_;
  RowKey key_;
  std::set<Sequence> missing_;
  std::vector<FoundRow> rows_;
  std::unordered_map<Hash128, std::map<Sequence, SourceTransaction>> newer_;  // changes, by key
  Sequence truncated_;
  RefusedChanges found_;
};

}  // namespace

Result<RefusedChanges> FindRefused(const LakeTable& bronze, const std::set<Sequence>& places) {
  return Search(bronze, places).Run();
}

}  // namespace foreset::lake
