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

namespace foreset::delta {

// What to read of a snapshot. Columns are logical names of top-level columns, in the order wanted.
struct ScanOptions {
  std::optional<std::vector<std::string>> columns;  // absent: all
  // Files for which it returns false are not opened (pruning by statistics). Absent: all.
  std::function<bool(const AddFile&)> keep_file;
  bool include_deleted = false;   // also rows that a deletion vector hides
  std::int64_t batch_rows = 64L << 10U;
};

// Some rows of one file: `rows[i]` is the physical row index of row i in the file.
struct ScannedBatch {
  const AddFile* file = nullptr;  // of the snapshot
  std::shared_ptr<arrow::RecordBatch> batch;
  std::vector<std::int64_t> rows;
};

// Streams the rows of a snapshot to `sink`, file by file, in the table's logical schema (partition
// values filled in, columns missing from a file NULL, column mapping and type widening applied,
// deleted rows left out). Holds one batch at a time. An error of the sink ends the scan and is
// returned.
Status ScanTable(ObjectStore& store, const Snapshot& snapshot, const ScanOptions& options,
                 const std::function<Status(ScannedBatch)>& sink);

// The same for one file of the snapshot.
Status ScanFile(ObjectStore& store, const Snapshot& snapshot, const AddFile& file,
                const ScanOptions& options, const std::function<Status(ScannedBatch)>& sink);

}  // namespace foreset::delta
