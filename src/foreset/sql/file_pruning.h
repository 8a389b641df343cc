// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/sql/delta_relation.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/scan_bounds.h"

namespace foreset::sql {

// Which files of the snapshot may hold rows within all bounds, by their statistics (PROTOCOL.md,
// "Per-file Statistics"), compared by DuckDB in the columns' types. Files and columns without
// statistics stay; so does what floating point or wide decimals bound, whose statistics are not
// exact. `pruned` counts the files that are left out. Empty: all stay.
Result<KeepFile> PruneFiles(Engine& engine, const delta::Snapshot& snapshot,
                            const std::vector<ColumnBound>& bounds, std::size_t& pruned);

}  // namespace foreset::sql
