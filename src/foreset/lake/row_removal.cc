// SPDX-License-Identifier: MIT
#include "foreset/lake/row_removal.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/rolling_writer.h"

namespace foreset::lake {
namespace {

Result<std::vector<std::uint32_t>> KeptRows(const arrow::RecordBatch& rows, const RowGoes& goes) {
  std::vector<std::uint32_t> kept;
  for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
    if (!TRY(goes(rows, row))) kept.push_back(static_cast<std::uint32_t>(row));
  }
  return kept;
}

Result<std::uint64_t> CountIn(const LakeTable& table, const delta::AddFile& file,
                              const RowGoes& goes) {
  std::uint64_t count = 0;
  RETURN_IF_ERROR(delta::ScanFile(table.store(), *table.snapshot(), file, table.AllColumns(),
                                  [&](const delta::ScannedBatch& scanned) -> Status {
                                    const auto kept = TRY(KeptRows(*scanned.batch, goes));
                                    count += static_cast<std::uint64_t>(scanned.batch->num_rows()) -
                                             kept.size();
                                    return {};
                                  }));
  return count;
}

Status CopyRest(const LakeTable& table, const delta::AddFile& file, const RowGoes& goes,
                RollingWriter& writer) {
  return delta::ScanFile(table.store(), *table.snapshot(), file, table.AllColumns(),
                         [&](const delta::ScannedBatch& scanned) -> Status {
                           const auto kept = TRY(KeptRows(*scanned.batch, goes));
                           if (kept.empty()) return {};
                           const auto rows = TRY(TakeRows(scanned.batch, kept));
                           TRY(writer.Write(table.columns(), *rows));
                           return {};
                         });
}

}  // namespace

Result<std::uint64_t> RemoveRows(LakeTable& table, const RowGoes& goes,
                                 const std::string& operation) {
  delta::Transaction transaction = table.Begin();
  RollingWriter writer = table.NewWriter();
  std::uint64_t removed = 0;
  for (const delta::AddFile& file : table.snapshot()->files()) {
    const std::uint64_t count = TRY(CountIn(table, file, goes));
    if (count == 0) continue;
    removed += count;
    RETURN_IF_ERROR(CopyRest(table, file, goes, writer));
    transaction.Remove(file, true);
  }
  if (removed == 0) return removed;
  for (delta::AddFile& file : TRY(writer.Finish())) {
    file.tags = OrderedTags();
    transaction.Add(std::move(file));
  }
  transaction.Describe(operation, {}, {{"numDeletedRows", std::to_string(removed)}});
  Progress next = table.progress();
  if (next.rows) *next.rows -= static_cast<std::int64_t>(removed);
  RETURN_IF_ERROR(table.Commit(std::move(transaction), std::move(next)));
  return removed;
}

}  // namespace foreset::lake
