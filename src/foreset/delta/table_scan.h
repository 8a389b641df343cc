// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "foreset/base/result.h"
#include "foreset/delta/file_scan.h"
#include "foreset/delta/snapshot.h"

namespace foreset::delta {

// Streams the rows of a snapshot to `sink`, file by file, as FileScan reads them. An error of the
// sink ends the scan and is returned.
Status ScanTable(ObjectStore& store, const Snapshot& snapshot, const ScanOptions& options,
                 const std::function<Status(ScannedBatch)>& sink);

// The same for one file of the snapshot.
Status ScanFile(ObjectStore& store, const Snapshot& snapshot, const AddFile& file,
                const ScanOptions& options, const std::function<Status(ScannedBatch)>& sink);

}  // namespace foreset::delta
