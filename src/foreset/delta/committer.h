// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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
// Another commit came in between that this one cannot be rebased over. The caller rebuilds on
// `latest`, the state right after that commit (there may be later ones, each to be met in turn),
// or stops: `foreign_data_change` says whether somebody else changed data in the table. A commit
// that carries a transaction id of this one's applications is not somebody else's.
struct Conflict {
  std::string reason;
  std::shared_ptr<const Snapshot> latest;
  bool foreign_data_change = false;
};
using CommitOutcome = std::variant<Committed, Conflict>;

// Writes commits: one `_delta_log/<version>.json` by put-if-absent, never replaced. A commit whose
// outcome is unknown is settled by reading that version back and comparing its own txnId. What
// came in between is judged commit by commit, in the order of the versions:
//   protocol or metadata changed, or a kind of action unknown here     Conflict
//   a transaction id or domain that this commit sets too               Conflict
//   files added or removed, by a blind append                          rebased over
//   files added or removed, by an owner                                Conflict: even moved rows
//                                                                      (OPTIMIZE) are elsewhere now
//   anything else                                                      rebased over
// In-commit timestamps are the clock's, but after the previous version's. Errors: kUnsupported when
// the table wants of its writers what is not there; kTransient when nothing was committed;
// kCommitUnknown when even reading back failed: the next transaction's appIds settle it.
// Not thread-safe; one per table.
class Committer {
 public:
  // `make_id` gives unique ids (UUID text).
  Committer(std::shared_ptr<ObjectStore> store, const Clock& clock,
            std::function<std::string()> make_id);

  // Creates version 0. Conflict when a table is there already, whatever its versions.
  Result<CommitOutcome> Create(const Protocol& protocol, const Metadata& metadata,
                               const std::vector<Action>& with);
  Result<CommitOutcome> Commit(const Transaction& transaction);

 private:
  // The actions of one attempt, commitInfo first.
  std::vector<Action> Complete(CommitInfo info, const std::vector<Action>& actions,
                               const Metadata& metadata,
                               std::optional<std::int64_t> previous_timestamp_ms) const;
  // Makes `actions` the commit of that version. Nothing when it is; else what is there instead.
  Result<std::optional<std::vector<Action>>> Put(Version version,
                                                 const std::vector<Action>& actions);

  std::shared_ptr<ObjectStore> store_;
  const Clock& clock_;
  std::function<std::string()> make_id_;
};

}  // namespace foreset::delta
