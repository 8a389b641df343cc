// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/transaction.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// What a restored table would be made of.
struct RestorePlan {
  Transaction transaction;  // on top of the latest version
  std::size_t added = 0;    // files
  std::size_t removed = 0;
};

// A commit after which the table holds the rows, columns, properties, transaction ids and domains
// of `wanted`, an earlier version of it. What both versions share stays where it is. kCorruption
// names a file of the earlier version that is gone (VACUUM); kUnsupported (kDeltaAppendOnly) when
// the table takes no removals and would need some.
Result<RestorePlan> PlanRestore(const ObjectStore& store, std::shared_ptr<const Snapshot> latest,
                                const Snapshot& wanted);

}  // namespace foreset::delta
