// SPDX-License-Identifier: MIT
#include "foreset/lake/bronze_replay.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/bronze_codec.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/model/arrow_status.h"

namespace foreset::lake {
namespace {

using arrow::internal::checked_cast;

// Hands rows on as change batches, with schema changes at their places.
class Replayer {
 public:
  Replayer(const LakeTable& table, BatchNumber after, BatchNumber up_to,
           std::span<const SchemaChange> changes, const ReplaySink& sink)
      : table_(table), after_(after), up_to_(up_to), changes_(changes), sink_(sink) {}

  // Splits the rows where batch or schema change; rows outside the range are left out.
  Status Hand(const arrow::RecordBatch& rows) {
    const auto& batches = Numbers(rows, "_batch");
    const auto& schemas = Numbers(rows, "_schema");
    for (std::int64_t first = 0; first < rows.num_rows();) {
      std::int64_t end = first + 1;
      while (end < rows.num_rows() && batches.Value(end) == batches.Value(first) &&
             schemas.Value(end) == schemas.Value(first)) {
        ++end;
      }
      const BatchNumber batch(batches.Value(first));
      if (batch > after_ && batch <= up_to_) {
        RETURN_IF_ERROR(
            HandRun(*rows.Slice(first, end - first), batch, SchemaVersion(schemas.Value(first))));
      }
      first = end;
    }
    return {};
  }

  // Schema changes that the table has and no row followed. A replay that ends before bronze does
  // cannot tell which of them stand before the batches that it leaves out: these bring them.
  Status Finish() {
    if (up_to_ < table_.progress().batch) return {};
    while (next_change_ < changes_.size() &&
           changes_[next_change_].sequence <= table_.progress().schema_sequence) {
      RETURN_IF_ERROR(sink_({up_to_, changes_[next_change_++]}));
    }
    return {};
  }

  bool InRange(std::int64_t batch) const {
    return batch > after_.value() && batch <= up_to_.value();
  }

 private:
  static const arrow::Int64Array& Numbers(const arrow::RecordBatch& rows, const char* column) {
    return checked_cast<const arrow::Int64Array&>(*rows.GetColumnByName(column));
  }

  Status HandRun(const arrow::RecordBatch& rows, BatchNumber batch, SchemaVersion version) {
    const auto schema = TRY(SchemaOf(version));
    auto changes = TRY(FromBronze(rows, schema, table_.datetime()));
    while (next_change_ < changes_.size() &&
           StandsBefore(changes_[next_change_], version, changes->sequences.front())) {
      RETURN_IF_ERROR(sink_({batch, changes_[next_change_++]}));
    }
    return sink_({batch, std::move(changes)});
  }

  static bool StandsBefore(const SchemaChange& change, SchemaVersion version, Sequence first) {
    return change.after != nullptr ? change.after->version <= version : change.sequence < first;
  }

  Result<std::shared_ptr<const TableSchema>> SchemaOf(SchemaVersion version) {
    if (table_.source_schema()->version == version) return table_.source_schema();
    for (const SchemaChange& change : changes_) {
      if (change.after != nullptr && change.after->version == version) return change.after;
    }
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               fmt::format("{} has rows of schema {}, which _schema_changes does not know",
                           table_.store().Describe(), version.value()));
  }

  const LakeTable& table_;
  BatchNumber after_;
  BatchNumber up_to_;
  std::span<const SchemaChange> changes_;
  const ReplaySink& sink_;
  std::size_t next_change_ = 0;
};

struct AgedFile {
  const delta::AddFile* file = nullptr;
  std::int64_t min_batch = 0;
  std::int64_t max_batch = std::numeric_limits<std::int64_t>::max();
  std::string min_sequence;
};

// The files that may hold batches of the range, in their order.
std::vector<AgedFile> FilesOf(const LakeTable& table, BatchNumber after, BatchNumber up_to) {
  std::vector<AgedFile> files;
  for (const delta::AddFile& file : table.snapshot()->files()) {
    AgedFile aged{.file = &file};
    aged.min_batch = MinLong(file, "_batch").value_or(aged.min_batch);
    aged.max_batch = MaxLong(file, "_batch").value_or(aged.max_batch);
    aged.min_sequence = MinText(file, "_seq").value_or("");
    if (aged.max_batch > after.value() && aged.min_batch <= up_to.value()) {
      files.push_back(std::move(aged));
    }
  }
  std::ranges::sort(files, [](const AgedFile& a, const AgedFile& b) {
    return std::tie(a.min_batch, a.min_sequence) < std::tie(b.min_batch, b.min_sequence);
  });
  return files;
}

// True when reading the files one after another gives the rows in their order.
bool InOrder(const std::vector<AgedFile>& files) {
  std::int64_t last = 0;
  for (const AgedFile& aged : files) {
    if (!IsOrdered(*aged.file) || aged.min_batch < last) return false;
    last = aged.max_batch;
  }
  return true;
}

Result<std::shared_ptr<arrow::RecordBatch>> SortBySequence(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& parts) {
  const auto table = TRY(FromArrow(arrow::Table::FromRecordBatches(parts)));
  const auto rows = TRY(FromArrow(table->CombineChunksToBatch()));
  const auto& sequences = checked_cast<const arrow::StringArray&>(*rows->GetColumnByName("_seq"));
  std::vector<std::uint32_t> order(static_cast<std::size_t>(rows->num_rows()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::uint32_t row) { return sequences.GetView(row); });
  return TakeRows(rows, order);
}

// Gathers one batch from wherever its rows are.
Status HandScattered(const LakeTable& table, const std::vector<AgedFile>& files, std::int64_t batch,
                     Replayer& replayer) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> parts;
  const auto collect = [&](const delta::ScannedBatch& scanned) -> Status {
    const auto& batches =
        checked_cast<const arrow::Int64Array&>(*scanned.batch->GetColumnByName("_batch"));
    for (std::int64_t first = 0; first < batches.length();) {
      std::int64_t end = first + 1;
      while (end < batches.length() && batches.Value(end) == batches.Value(first)) ++end;
      if (batches.Value(first) == batch) parts.push_back(scanned.batch->Slice(first, end - first));
      first = end;
    }
    return {};
  };
  for (const AgedFile& aged : files) {
    if (aged.min_batch > batch || aged.max_batch < batch) continue;
    RETURN_IF_ERROR(
        delta::ScanFile(table.store(), *table.snapshot(), *aged.file, table.AllColumns(), collect));
  }
  if (parts.empty()) return {};
  const auto sorted = TRY(SortBySequence(parts));
  return replayer.Hand(*sorted);
}

}  // namespace

Status ReplayBronze(const LakeTable& table, BatchNumber after, BatchNumber up_to,
                    std::span<const SchemaChange> changes, const ReplaySink& sink) {
  Replayer replayer(table, after, up_to, changes, sink);
  const std::vector<AgedFile> files = FilesOf(table, after, up_to);
  if (InOrder(files)) {
    for (const AgedFile& aged : files) {
      RETURN_IF_ERROR(delta::ScanFile(
          table.store(), *table.snapshot(), *aged.file, table.AllColumns(),
          [&](const delta::ScannedBatch& scanned) { return replayer.Hand(*scanned.batch); }));
    }
  } else {
    for (std::int64_t batch = after.value() + 1; batch <= up_to.value(); ++batch) {
      RETURN_IF_ERROR(HandScattered(table, files, batch, replayer));
    }
  }
  return replayer.Finish();
}

}  // namespace foreset::lake
