// SPDX-License-Identifier: MIT
#include "foreset/lake/rewrite.h"

#include <algorithm>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/delta/data_path.h"
#include "foreset/delta/table_scan.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/conform.h"
#include "foreset/lake/file_stats.h"

namespace foreset::lake {
namespace {

// Rows stay under the date under which they came.
std::string FolderOf(const delta::AddFile& file) {
  const std::string path = delta::DecodeUri(file.path);
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

Status RewriteFiles(LakeTable& table, const std::shared_ptr<arrow::Schema>& columns,
                    const RowMapper& mapper, bool data_change, delta::Transaction& transaction) {
  RollingWriter writer = table.NewWriter();
  const auto rewrite = [&](const delta::ScannedBatch& scanned) -> Status {
    const auto mapped = TRY(mapper(*scanned.batch));
    RETURN_IF_ERROR(writer.Write(columns, *mapped));
    return {};
  };
  for (const delta::AddFile* file : FilesByAge(*table.snapshot())) {
    RETURN_IF_ERROR(writer.SetFolder(FolderOf(*file)));
    RETURN_IF_ERROR(delta::ScanFile(table.store(), *table.snapshot(), *file, {}, rewrite));
    transaction.Remove(*file, data_change);
  }
  for (delta::AddFile& file : TRY(writer.Finish())) {
    file.data_change = data_change;
    file.tags = OrderedTags();
    transaction.Add(std::move(file));
  }
  return {};
}

Status RewriteWidened(LakeTable& table, const std::shared_ptr<arrow::Schema>& columns,
                      delta::Transaction& transaction) {
  const auto widen = [&](const arrow::RecordBatch& rows) { return ConformBatch(rows, columns); };
  return RewriteFiles(table, columns, widen, false, transaction);
}

}  // namespace foreset::lake
