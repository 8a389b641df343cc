// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/transaction.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

struct Committed {
  std::shared_ptr<const Snapshot> snapshot;  // the state that the commit made
};
// Another commit came in between that this one cannot be rebased over. The caller refreshes and
// rebuilds, or stops: `foreign` says whether somebody else changed data in the table.
struct Conflict {
  std::string reason;
  std::shared_ptr<const Snapshot> latest;
  bool foreign_data_change = false;
};
using CommitOutcome = std::variant<Committed, Conflict>;

// Writes commits: one `_delta_log/<version>.json` by put-if-absent, never replaced. A commit whose
// outcome is unknown is settled by reading that version back and comparing its own txnId. A
// commit that only appended files or moved rows without changing data is stepped over (rebased,
// O(its actions)); what cannot be is a Conflict. Not thread-safe; one per table.
class Committer {
 public:
  // `make_id` gives unique ids (UUID text).
  Committer(std::shared_ptr<ObjectStore> store, const Clock& clock,
            std::function<std::string()> make_id);

  // Creates version 0. Conflict when a table is there already.
  Result<CommitOutcome> Create(const Protocol& protocol, const Metadata& metadata,
                               const std::vector<Action>& with);
  Result<CommitOutcome> Commit(const Transaction& transaction);

 private:
  std::shared_ptr<ObjectStore> store_;
  const Clock& clock_;
  std::function<std::string()> make_id_;
};

}  // namespace foreset::delta
