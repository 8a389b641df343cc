// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/delta/snapshot.h"
#include "foreset/sql/relation.h"
#include "foreset/storage/object_store.h"

namespace foreset::sql {

// The columns that a placed relation has after the table's own.
inline constexpr char kPlaceFile[] = "_foreset_file";  // integer: index in `files`
inline constexpr char kPlaceRow[] = "_foreset_row";    // long: physical row in the file

// One version of a Delta table whose rows say where they are, so that they can be taken out of it.
struct PlacedTable {
  std::shared_ptr<const Relation> relation;
  std::vector<const delta::AddFile*> files;  // of the snapshot, which the relation holds
};
PlacedTable MakePlacedRelation(std::shared_ptr<ObjectStore> store,
                               std::shared_ptr<const delta::Snapshot> snapshot);

}  // namespace foreset::sql
