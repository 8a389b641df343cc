// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/committer.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/table_creation.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/storage/object_store.h"

namespace foreset::batch {

// What becomes of the columns that a table has.
enum class Growth : std::uint8_t {
  kNone,        // new ones are refused
  kNewColumns,  // new ones are added
  kReplace,     // the new ones take their place, and the rows' too
};

// One commit's words beside its rows.
struct Load {
  std::vector<std::string> sources;     // remembered: DeltaTarget::Holds
  std::vector<delta::AddFile> removed;  // live files whose rows are gone, or written anew
  std::optional<std::string> state;     // of a migration, for DeltaTarget::State
  std::string operation;
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> metrics;
};

// A Delta table that a batch tool writes to, made when it is not there. What was loaded is
// remembered in the table (a `txn` a source), in the commit that holds its rows: so everything is
// loaded once. Rows that were written but not committed are objects that nothing names. Not
// thread-safe.
class DeltaTarget {
 public:
  struct Options {
    std::string name;  // of a table that is made
    const Clock* clock = nullptr;
    std::function<std::string()> make_id;  // unique ids (UUID text)
    std::int64_t target_file_bytes = 128L << 20U;
  };

  // kInvalidInput (kTargetKept) when a pipeline keeps the table, or it is partitioned;
  // kUnsupported when it asks of its writers what is not done here.
  static Result<DeltaTarget> Open(std::shared_ptr<ObjectStore> store, const Options& options);

  bool exists() const { return snapshot_ != nullptr; }
  // Null when there is no table yet.
  const std::shared_ptr<const delta::Snapshot>& snapshot() const { return snapshot_; }
  // Whether the source was loaded since the table was last replaced.
  bool Holds(const std::string& source) const;
  // What the last load left for the next one; absent: nothing did.
  std::optional<std::string> State() const;

  // The columns that rows will have, as the table will name them; all nullable. kColumnsDiffer
  // names what does not fit. Call it before Write; the change is part of the next commit.
  Status Plan(const arrow::Schema& columns, Growth growth);
  const std::shared_ptr<arrow::Schema>& columns() const { return columns_; }

  // Rows with the columns by name, those that are missing NULL; other types are converted where
  // nothing is lost.
  Status Write(const arrow::RecordBatch& batch);
  // Makes what was written visible. False: another process has loaded the sources meanwhile, and
  // nothing was added. kTransient (kTargetBusy) when other commits were in the way.
  Result<bool> Commit(const Load& load);
  // Forgets what was written since the last commit.
  void Abandon() { writer_.Abandon(); }

  ObjectStore& store() const { return *store_; }
  const std::shared_ptr<ObjectStore>& shared_store() const { return store_; }

 private:
  DeltaTarget(std::shared_ptr<ObjectStore> store, const Options& options);

  Status PlanNew(const arrow::Schema& columns);
  Status PlanGrown(const arrow::Schema& columns, Growth growth);
  Status CreateTable();
  std::int64_t Generation() const;
  Result<delta::Transaction> Build(const Load& load,
                                   const std::vector<delta::AddFile>& written) const;
  void CheckpointWhenDue() const;

  std::shared_ptr<ObjectStore> store_;
  Options options_;
  std::unique_ptr<delta::Committer> committer_;
  lake::RollingWriter writer_;
  std::shared_ptr<const delta::Snapshot> snapshot_;
  std::shared_ptr<arrow::Schema> columns_;
  std::optional<delta::TableDefinition> definition_;  // of a table that is to be made
  std::optional<delta::Metadata> metadata_;           // to be set with the next commit
  std::optional<delta::Protocol> protocol_;           // the same
  bool replace_ = false;
};

}  // namespace foreset::batch
