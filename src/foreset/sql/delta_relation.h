// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>

#include "foreset/delta/snapshot.h"
#include "foreset/sql/relation.h"
#include "foreset/storage/object_store.h"

namespace foreset::sql {

// Which data files a query need not open.
using KeepFile = std::function<bool(const delta::AddFile&)>;

// One version of a Delta table: a part for each data file, deletion vectors applied. Holds store
// and snapshot.
std::shared_ptr<const Relation> MakeDeltaRelation(std::shared_ptr<ObjectStore> store,
                                                  std::shared_ptr<const delta::Snapshot> snapshot,
                                                  const KeepFile& keep_file = {});

}  // namespace foreset::sql
