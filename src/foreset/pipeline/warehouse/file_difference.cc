// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/file_difference.h"

#include <set>

#include "foreset/lake/file_stats.h"
#include "foreset/sql/delta_relation.h"

namespace foreset::pipeline {
namespace {

std::set<delta::FileKey> KeysOf(const delta::Snapshot& snapshot) {
  std::set<delta::FileKey> keys;
  for (const delta::AddFile& file : snapshot.files()) keys.insert(delta::KeyOf(file));
  return keys;
}

}  // namespace

FileDifference DifferenceOf(const std::shared_ptr<ObjectStore>& store,
                            const std::shared_ptr<const delta::Snapshot>& before,
                            const std::shared_ptr<const delta::Snapshot>& after) {
  const auto old_keys = KeysOf(*before);
  const auto new_keys = KeysOf(*after);
  const auto missing_in = [](const std::set<delta::FileKey>& keys) {
    return [&keys](const delta::AddFile& file) { return !keys.contains(delta::KeyOf(file)); };
  };
  return {sql::MakeDeltaRelation(store, before, missing_in(new_keys)),
          sql::MakeDeltaRelation(store, after, missing_in(old_keys))};
}

std::int64_t RowsOf(const delta::Snapshot& snapshot) {
  std::int64_t rows = 0;
  for (const delta::AddFile& file : snapshot.files()) {
    rows += lake::NumRecords(file).value_or(0);
    if (file.deletion_vector) rows -= file.deletion_vector->cardinality;
  }
  return rows;
}

}  // namespace foreset::pipeline
