// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "foreset/base/result.h"
#include "foreset/base/turns.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/follower.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

struct CatchUpOptions {
  std::size_t commit_rows = 1UL << 20U;  // a commit at the first batch end after so many
  std::function<bool()> stop;            // asked between commits; absent: never
  RowRules* rules = nullptr;             // null: the rows as they are
  Turns* turns = nullptr;                // which large batches wait for; null: none
};

// Feeds a follower from the bronze table until it has everything that bronze has. Exactly once:
// starts from the follower's own progress. kCancelled when `stop` says so; what was committed
// stays; as CheckFeed has it when it is not that table which feeds it. Other errors as the
// follower's.
Status CatchUp(const BronzeTable& bronze, std::span<const SchemaChange> changes, Follower& follower,
               const CatchUpOptions& options);

}  // namespace foreset::lake
