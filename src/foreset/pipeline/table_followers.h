// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/turns.h"
#include "foreset/lake/follower.h"
#include "foreset/lake/silver_table.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/schema_change.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/reset_request.h"

namespace foreset::pipeline {

// What happened to one table, told to the layers above bronze after bronze has it.
struct BatchCommitted {
  lake::BatchNumber batch;
  SourcePosition position;
  lake::FedFrom source;   // the bronze table
  Timestamp source_time;  // of the newest change, or when bronze had it
  // All rows of that batch, or nothing when they are to be read back from bronze.
  std::vector<std::shared_ptr<const ChangeBatch>> rows;
};
struct CatchUpWanted {};  // bring the table up to what bronze has
// Begin anew, and then catch up; the request is gone once the old tables are out of the way.
struct ResetWanted {
  ResetRequest request;
};
// Let go of the table's tables, which are about to be moved away; told once nothing holds them.
struct LetGoWanted {
  std::shared_ptr<std::promise<void>> done;
};
using TableNews =
    std::variant<BatchCommitted, SchemaChange, CatchUpWanted, ResetWanted, LetGoWanted>;

struct TableWork {
  TableId table;
  TableNews news;
};

// What the followers did for one piece of work.
struct FollowedCounts {
  lake::BatchNumber batch;  // silver and gold have everything up to it
  // Each on its own; nothing where the run keeps no such table of it.
  std::optional<lake::BatchNumber> silver;
  std::optional<lake::BatchNumber> gold;
  std::size_t index_bytes = 0;            // of their key indexes
  std::optional<lake::RuleCounts> rules;  // what silver says of its rules, where it was asked
};

// Silver and the gold dimensions of one source table. Fed from memory while they keep up, else
// from bronze. Not thread-safe: one worker owns it.
class TableFollowers {
 public:
  using SchemaHistory = std::function<std::vector<SchemaChange>(const TableId&)>;

  // `schemas` gives a table's schema changes; thread-safe. Large batches wait for their turn.
  // Opens nothing yet. `lake`, `options` and `turns` outlive it.
  TableFollowers(TableId table, const lake::Lake& lake, const PipelineOptions& options,
                 SchemaHistory schemas, Turns& turns);

  // kTransient: Refresh() and ask for CatchUpWanted. Other errors stop the table.
  Result<FollowedCounts> Apply(const TableNews& news, const std::function<bool()>& stop);
  // Puts changes that rules had refused through the rules of now (FindRefused), in all tables,
  // which have everything that bronze has; durable on return. One a change: whether no rule refuses
  // it any more.
  Result<std::vector<bool>> TakeAgain(const ChangeBatch& changes);
  Status Refresh();
  // How far they have come; after an error too.
  FollowedCounts Reached() const;
  // One step of housekeeping; true when there is more to do.
  Result<bool> Maintain();

 private:
  Status OpenAll();
  Status MoveAway(const ResetRequest& request);
  Result<std::unique_ptr<lake::SilverTable>> OpenSilver(const TableSchema& first) const;
  Status CatchUp(const std::function<bool()>& stop);
  Status ApplyBatch(const BatchCommitted& news, const std::function<bool()>& stop);
  Status Evolve(const SchemaChange& change, const std::function<bool()>& stop);
  TableId table_;
  const lake::Lake& lake_;
  const PipelineOptions& options_;
  SchemaHistory schemas_;
  Turns& turns_;
  std::unique_ptr<lake::RowRules> rules_;  // null when the table has none
  std::vector<std::unique_ptr<lake::Follower>> followers_;
  const lake::SilverTable* silver_ = nullptr;  // of the followers
};

}  // namespace foreset::pipeline
