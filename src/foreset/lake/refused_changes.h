// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/sequence.h"

namespace foreset::lake {

// Changes that rules had refused, as bronze has them.
struct RefusedChanges {
  // The rows that they would have put, ascending by `_seq`: each an insert (or of the first copy),
  // since what was there before it has gone when it was refused. Late where bronze has a newer
  // change of the key, or a newer TRUNCATE. A late row is followed by its removal, at the place of
  // the key's next change, which nobody told of while there was nothing to remove. Null: there are
  // none.
  std::shared_ptr<const ChangeBatch> changes;
  // Beside the rows: where bronze has the change; nothing for such a removal.
  std::vector<std::optional<Sequence>> places;
  std::vector<Sequence> of_other_schemas;  // the table has other columns since
  std::vector<Sequence> unknown;           // bronze has no change there
};

// Of a table with a key; `bronze` under its newest schema. Reads the files of bronze whose
// statistics reach so far, twice. Memory: the rows, and the places of all newer changes of their
// keys.
Result<RefusedChanges> FindRefused(const LakeTable& bronze, const std::set<Sequence>& places);

}  // namespace foreset::lake
