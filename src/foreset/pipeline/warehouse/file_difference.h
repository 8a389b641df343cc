// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "foreset/delta/snapshot.h"
#include "foreset/sql/relation.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// What only one of two versions of a table has, as whole files: rows that are in both relations
// did not change.
struct FileDifference {
  std::shared_ptr<const sql::Relation> old_files;
  std::shared_ptr<const sql::Relation> new_files;
};
FileDifference DifferenceOf(const std::shared_ptr<ObjectStore>& store,
                            const std::shared_ptr<const delta::Snapshot>& before,
                            const std::shared_ptr<const delta::Snapshot>& after);

// The live rows of a version, by the statistics of its files.
std::int64_t RowsOf(const delta::Snapshot& snapshot);

}  // namespace foreset::pipeline
