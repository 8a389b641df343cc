// SPDX-License-Identifier: MIT
#include "foreset/delta/table_scan.h"

#include <memory>
#include <utility>

namespace foreset::delta {

Status ScanTable(ObjectStore& store, const Snapshot& snapshot, const ScanOptions& options,
                 const std::function<Status(ScannedBatch)>& sink) {
  RETURN_IF_ERROR(CheckColumns(snapshot, options));
  for (const AddFile& file : snapshot.files()) {
    if (options.keep_file && !options.keep_file(file)) continue;
    RETURN_IF_ERROR(ScanFile(store, snapshot, file, options, sink));
  }
  return {};
}

Status ScanFile(ObjectStore& store, const Snapshot& snapshot, const AddFile& file,
                const ScanOptions& options, const std::function<Status(ScannedBatch)>& sink) {
  const std::unique_ptr<FileScan> scan = TRY(FileScan::Open(store, snapshot, file, options));
  while (std::optional<ScannedBatch> batch = TRY(scan->Next())) {
    RETURN_IF_ERROR(sink(*std::move(batch)));
  }
  return {};
}

}  // namespace foreset::delta
