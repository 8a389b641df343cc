// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/batch_reduce.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/follower.h"
#include "foreset/lake/key_index.h"
#include "foreset/lake/keyed_changes.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/projection.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/lake/row_files.h"

namespace foreset::lake {

// What an upserted table has beside the source's columns and `_seq`.
struct UpsertShape {
  std::string time_column;  // "_source_ts" (silver), "_valid_from" (gold)
  // Dimension columns as in DimensionSpec; empty: all.
  std::vector<std::pair<std::string, std::string>> columns;
};

// The keyed upsert under silver and gold's current tables: one live row a key. A commit costs
// O(changes): the index finds the old rows, deletion vectors hide them (or, in mode rewrite, only
// the touched files are copied), new rows are appended. Not thread-safe.
class UpsertTable {
 public:
  static Result<std::unique_ptr<UpsertTable>> Create(std::shared_ptr<ObjectStore> store,
                                                     std::string table, const LakeOptions& options,
                                                     const UpsertShape& shape,
                                                     const TableSchema& schema);
  // Builds the index from the key columns and `_seq`. The caller keeps the table: see TakeOver.
  static Result<std::unique_ptr<UpsertTable>> Open(std::shared_ptr<ObjectStore> store,
                                                   std::string table, const LakeOptions& options,
                                                   const UpsertShape& shape);

  // The changes of a batch as this table sees them, without those that it has.
  Result<KeyedChanges> Key(const RuledBatch& batch) const;
  // The same of changes that rules had refused, all of them: that they are in already says nothing.
  Result<KeyedChanges> KeyAgain(const RuledBatch& batch) const;
  // What the changes would do now. Changes nothing.
  Result<ReducedBatch> Reduce(const KeyedChanges& changes) const;
  // Does it, in memory and in files that nothing names yet.
  Status Stage(const KeyedChanges& changes, const ReducedBatch& reduced);
  // The rules that the rows to come were made under, recorded when they are others than before;
  // with nothing staged. kInvalidInput (rule_error::kRulesNeedReset) in a table without a key that
  // has rows already.
  Status UseRules(const RuleSet& rules);
  // Stores a domain of the table with the next commit, which it makes necessary.
  void Annotate(std::string domain, std::string configuration);
  // As Follower has it.
  Status Evolve(const SchemaChange& change);
  void FeedFrom(const FedFrom& bronze) { covered_.fed_from = bronze; }
  Status Commit(BatchNumber batch, const std::optional<SourcePosition>& position);
  Status Flush();
  Status Refresh();
  Result<bool> Maintain(const CompactionPolicy& policy);

  const LakeTable& table() const { return table_; }
  // What is applied; ahead of the stored progress by batches that changed nothing here.
  const Progress& progress() const { return covered_; }
  const Projection& projection() const { return projection_; }
  const ApplyCounts& counts() const { return counts_; }
  std::size_t rows() const { return index_.size(); }
  std::size_t memory_bytes() const;

 private:
  UpsertTable(LakeTable table, UpsertShape shape, Projection projection);

  Status BuildIndex();
  Status IndexFile(const delta::AddFile& file);
  Status IndexRows(const arrow::RecordBatch& rows, FileId file,
                   const std::vector<std::int64_t>& places);
  Status WriteRows(const KeyedChanges& changes, const ReducedBatch& reduced);
  void Remove(const Hash128& key);
  void ClearRows();
  Status AddStaged(delta::Transaction& transaction);
  Status HideRows(delta::Transaction& transaction, std::vector<delta::AddFile>& staged);
  Status CopyTouched(delta::Transaction& transaction, std::vector<delta::AddFile>& staged);
  Status CopySurvivors(const delta::AddFile& file, const std::vector<std::uint32_t>& hidden);
  Status CommitNow(Progress next);
  Status CommitStaged(Progress next);
  Status ReplaceSchema(const SchemaChange& change, const Projection& projection, Progress next);
  Status FollowSchema(const SchemaChange& change, const Projection& projection, Progress next);
  void ForgetStaged();

  LakeTable table_;
  UpsertShape shape_;
  Projection projection_;
  RowKey key_;
  KeyIndex index_;
  RowFiles files_;
  RollingWriter writer_;
  std::optional<std::pair<std::string, std::string>> annotation_;
  Progress covered_;  // table_.progress(), and what changed nothing since
  ApplyCounts counts_;
  std::uint64_t inserted_before_ = 0;  // counts_.inserted at the last commit
  bool staged_ = false;
  bool cleared_ = false;
  bool stale_ = false;  // index and files do not match the table: Refresh first
};

}  // namespace foreset::lake
