// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "foreset/base/hash128.h"
#include "foreset/base/result.h"
#include "foreset/lake/key_index.h"
#include "foreset/lake/keyed_changes.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {

// What the key had when a change came, for history.
struct ChangeOutcome {
  std::optional<Sequence> previous;  // of the row that the key had; absent: none
  bool late = false;                 // the key had a row that is newer than this change
};

// What remains to be done of a batch: at most one put and one removal for each key.
struct ReducedBatch {
  struct Put {
    Hash128 key;
    Sequence sequence;
    std::uint32_t row = 0;  // of `after`
  };
  bool clear = false;                   // first: all rows that the table has
  std::vector<Hash128> removals;        // then: rows that the table has; once per copy
  std::vector<Put> puts;                // then: new rows, in source order
  std::vector<ChangeOutcome> outcomes;  // one for each change
  std::size_t late = 0;
  std::size_t unmatched = 0;  // removals of what is not there
};

// Reduces to the last change of each key by `_seq`. A change that is not newer than what its key
// has is late: left out, as is one that bronze found late. A late TRUNCATE removes what is older.
// Reads the index, changes nothing.
ReducedBatch Reduce(const KeyedChanges& changes, const KeyIndex& index);
// The same for a table without a key: rows come and go by copies; only puts that bronze found late
// are. kUnsupported (kLateTruncate): which copies are older than a late TRUNCATE cannot be told.
Result<ReducedBatch> ReduceCopies(const KeyedChanges& changes, const KeyIndex& index);

}  // namespace foreset::lake
