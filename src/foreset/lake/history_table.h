// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/batch_reduce.h"
#include "foreset/lake/key_index.h"
#include "foreset/lake/keyed_changes.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/projection.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

// `gold/<T>_history`: a row for every change, append-only: the columns (new values; for DELETE the
// last ones), `_op`, `_seq`, `_prev_seq`, `_valid_from`, `_valid_to` (NULL), `_late`. Columns that
// the source dropped stay, NULL from then on; a renamed one is a new one (lake_names.h). In a table
// without a key rows have no identity, hence no `_prev_seq`. Not thread-safe.
class HistoryTable {
 public:
  using Columns = std::vector<std::pair<std::string, std::string>>;  // as in DimensionSpec

  static Result<std::unique_ptr<HistoryTable>> Create(std::shared_ptr<ObjectStore> store,
                                                      std::string table, const LakeOptions& options,
                                                      const Columns& columns,
                                                      const TableSchema& schema);
  static Result<std::unique_ptr<HistoryTable>> Open(std::shared_ptr<ObjectStore> store,
                                                    std::string table, const LakeOptions& options,
                                                    const Columns& columns);

  Result<KeyedChanges> Key(const RuledBatch& batch) const;
  // `outcomes` beside `changes.changes`, from the rows that current had before them.
  Status Stage(const KeyedChanges& changes, const std::vector<ChangeOutcome>& outcomes);
  // Stages and commits changes that rules had refused (FindRefused), but for those whose place in
  // the life of their key it has. Durable on return. Reads the files whose statistics reach so far.
  Status TakeAgain(KeyedChanges changes, const std::vector<ChangeOutcome>& outcomes);
  // As UpsertTable.
  Status UseRules(const RuleSet& rules);
  Status Evolve(const SchemaChange& change);
  void FeedFrom(const FedFrom& bronze) { covered_.fed_from = bronze; }
  Status Commit(BatchNumber batch, const std::optional<SourcePosition>& position);
  Status Flush();
  Status Refresh();
  // The rows that history says are current, by key: the index that a current table at the same
  // progress has, without places. Reads the key columns, `_op` and `_seq`.
  Result<KeyIndex> Fold() const;

  LakeTable& table() { return table_; }
  const LakeTable& table() const { return table_; }
  // What is applied; ahead of the stored progress by batches that changed nothing here.
  const Progress& progress() const { return covered_; }
  bool whole_row() const { return projection_.schema().key_kind == KeyKind::kWholeRow; }
  std::uint64_t rows_written() const { return rows_written_; }

 private:
  using KeyPlace = std::pair<Hash128, Sequence>;

  HistoryTable(LakeTable table, Columns spec, Projection projection);

  std::vector<int> KeyColumns(delta::ScanOptions& options) const;
  Result<std::set<KeyPlace>> PlacesFrom(Sequence lowest) const;
  Status WriteMarker(const SchemaChange& change);
  Status CommitStaged(delta::Transaction transaction, Progress next, const TableSchema* source);

  LakeTable table_;
  Columns spec_;
  Projection projection_;
  RollingWriter writer_;
  Progress covered_;  // table_.progress(), and what changed nothing since
  std::uint64_t staged_rows_ = 0;
  std::uint64_t rows_written_ = 0;
};

}  // namespace foreset::lake
