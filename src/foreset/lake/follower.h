// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/layer.h"
#include "foreset/lake/progress.h"
#include "foreset/lake/row_rules.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/source_position.h"

namespace foreset::lake {

// What commits of a follower did.
struct ApplyCounts {
  std::uint64_t changes = 0;       // handed in and not in yet
  std::uint64_t inserted = 0;      // rows written
  std::uint64_t removed = 0;       // rows hidden
  std::uint64_t late = 0;          // older than what the key has; current rows left alone
  std::uint64_t unmatched = 0;     // deletes of rows that are not there
  std::uint64_t history_rows = 0;  // appended
  std::uint64_t commits = 0;
};

// A table (or pair of tables) fed from one bronze table: silver, or a gold dimension. Fed from
// memory while it keeps up, else by CatchUp from bronze. Exactly once either way: what its
// progress covers is left out. Not thread-safe: one thread at a time.
//
//   follower.Stage(batch)…  follower.Commit(bronze.progress().batch, position)
//
// On any error: Refresh(), then CatchUp (kTransient), or stop the table (the rest).
class Follower {
 public:
  // One of its tables, and what it has applied.
  struct Part {
    const LakeTable* table;
    const Progress* progress;
  };

  virtual ~Follower() = default;

  virtual std::vector<Part> parts() const = 0;
  // The bronze table that the changes to come are from; stored by the commits that follow. What
  // parts() say of their own is checked before: CheckFeed.
  virtual void FeedFrom(const FedFrom& bronze) = 0;

  virtual Layer layer() const = 0;
  // "silver/Customers", "gold/DimCustomer".
  virtual const std::string& name() const = 0;
  // Of the table that is furthest behind.
  virtual const Progress& progress() const = 0;
  // The last batch that any of its tables has; progress().batch when they are in step.
  virtual BatchNumber furthest() const { return progress().batch; }
  // Applies changes in memory and in unnamed files. All batches of one bronze batch, in order,
  // then Commit. Whole transactions are visible at once.
  virtual Status Stage(const RuledBatch& batch) = 0;
  // Follows a schema change, durably, before any batch of the new schema and with nothing staged.
  // A change that the table already has does nothing. kInvalidInput (kIncompatibleSchemaChange,
  // kSchemaChangeNotFollowed): the table stays as it is, stop it.
  virtual Status Evolve(const SchemaChange& change) = 0;
  // One commit per table with what is staged: `batch` and all before are in now. `position` (of
  // bronze at that batch) when it is known. With nothing staged it commits progress alone, as
  // LakeOptions::quiet_batches says.
  virtual Status Commit(BatchNumber batch, const std::optional<SourcePosition>& position) = 0;
  // Applies changes that rules had refused (FindRefused), with nothing staged; durable on return.
  // Current rows move where they are not late, history has each. What it has taken before, as a
  // crash leaves it, is left out.
  virtual Status TakeAgain(const RuledBatch& batch) = 0;
  // Stores progress that no commit has stored yet (LakeOptions::quiet_batches); with nothing
  // staged. When idle, and before a clean end.
  virtual Status Flush() = 0;
  // Forgets what is staged; reads the table again, and its index when needed.
  virtual Status Refresh() = 0;
  // One bounded step of compaction when the policy asks for it. True when more is to do.
  virtual Result<bool> Maintain(const CompactionPolicy& policy) = 0;

  virtual ApplyCounts counts() const = 0;
  // Index and caches.
  virtual std::size_t memory_bytes() const = 0;
};

}  // namespace foreset::lake
