// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/job.h"
#include "foreset/delta/actions.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// The column of a staged table that says in which order rows came.
inline constexpr char kOrdinal[] = "foreset_ordinal";

struct Merge {
  std::uint64_t rows = 0;               // written anew: the last one of each key
  std::uint64_t replaced = 0;           // that the table had by these keys
  std::vector<delta::AddFile> removed;  // files that had some; their other rows are written anew
};

// Writes rows of the temporary table `staged` (its columns are some of the target's, and kOrdinal)
// in place of those that the table has by the same key; NULL is a value of its own. Columns that
// are not staged keep their values. kKeyMissing when the key is not among them. Only files with
// such rows are written anew. Joins and sorting go to the engine's temporary folder when memory
// ends; in memory is one bit a replaced row. The target's Plan is made; the caller commits.
Result<Merge> MergeStaged(sql::Engine& engine, DeltaTarget& target, const std::string& staged,
                          const std::vector<std::string>& key, Pace& pace);

}  // namespace foreset::batch
