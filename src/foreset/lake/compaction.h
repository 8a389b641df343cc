// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/snapshot.h"
#include "foreset/lake/lake_table.h"

namespace foreset::lake {

// When a table is tidied up, and how much at a time.
struct CompactionPolicy {
  std::int64_t small_file_bytes = 32L << 20U;
  std::size_t max_small_files = 32;         // more than that are merged
  double max_dead_fraction = 0.20;          // files with more deleted rows are rewritten
  std::int64_t budget_bytes = 256L << 20U;  // read in one step
};

// What one step should rewrite; empty: nothing to do. Files in the order of their batches.
std::vector<const delta::AddFile*> ChooseFiles(const delta::Snapshot& snapshot,
                                               const CompactionPolicy& policy);

// All files of the snapshot, in the order of their batches where they have them, else of making.
std::vector<const delta::AddFile*> FilesByAge(const delta::Snapshot& snapshot);

// Rewrites the live rows of those files, in order, into new files and commits the exchange
// without changing data. Returns the new files as committed; rows keep their order, so row i of
// the first new file is the i-th live row. Memory: one batch.
Result<std::vector<delta::AddFile>> CompactFiles(LakeTable& table,
                                                 const std::vector<const delta::AddFile*>& files);

// One step for a table that has no index (bronze, history). True when something was done.
Result<bool> CompactAppendOnly(LakeTable& table, const CompactionPolicy& policy);

}  // namespace foreset::lake
