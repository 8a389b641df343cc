// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// What to read of a snapshot. Columns are logical names of top-level columns, in the order wanted.
struct ScanOptions {
  std::optional<std::vector<std::string>> columns;  // absent: all
  // Files for which it returns false are not opened (pruning by statistics). Absent: all.
  std::function<bool(const AddFile&)> keep_file;
  bool include_deleted = false;  // also rows that a deletion vector hides
  std::int64_t batch_rows = 64L << 10U;
};

// Some rows of one file: `rows[i]` is the physical row index of row i in the file.
struct ScannedBatch {
  const AddFile* file = nullptr;  // of the snapshot
  std::shared_ptr<arrow::RecordBatch> batch;
  std::vector<std::int64_t> rows;
};

// kDeltaNoSuchColumn unless the table has all wanted columns.
Status CheckColumns(const Snapshot& snapshot, const ScanOptions& options);

// The rows of one file of a snapshot, pulled: in the table's logical schema, partition values
// filled in, columns that the file lacks NULL, column mapping and type widening applied, deleted
// rows left out. Failures name the file. Holds one batch at a time; keeps nothing of what it was
// opened with, so store, snapshot and file must outlive it. Not thread-safe; several may be open.
class FileScan {
 public:
  static Result<std::unique_ptr<FileScan>> Open(const ObjectStore& store, const Snapshot& snapshot,
                                                const AddFile& file, const ScanOptions& options);
  virtual ~FileScan() = default;
  // At most batch_rows rows, at least one; nothing after the last.
  virtual Result<std::optional<ScannedBatch>> Next() = 0;
};

}  // namespace foreset::delta
