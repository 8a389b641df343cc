// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/lake/follower.h"
#include "foreset/lake/history_table.h"
#include "foreset/lake/key_index.h"
#include "foreset/lake/projection.h"
#include "foreset/lake/upsert_table.h"

namespace foreset::lake {

// What a dimension is made of. Without columns: all, under their own names.
struct DimensionSpec {
  std::string current;  // folder and name of the current table: "Customers_current"
  std::string history;  // "Customers_history"
  // {name in the dimension, column of the source table}; must contain the key.
  std::vector<std::pair<std::string, std::string>> columns;
};

// A dimension of SCD type 4: `<T>_current` (columns, `_seq`, `_valid_from`) and `<T>_history`
// (append-only). Each commits for itself, history first; whichever is behind after a crash is fed
// alone until both are in step.
class GoldDimension final : public Follower {
 public:
  // `current` and `history` are the roots of the two tables. Whichever of them does not exist is
  // created, empty, at batch 0. kInvalidInput (kDimensionColumns) names a column that the source
  // lacks, or a key column that the dimension lacks.
  static Result<std::unique_ptr<GoldDimension>> OpenOrCreate(std::shared_ptr<ObjectStore> current,
                                                             std::shared_ptr<ObjectStore> history,
                                                             const DimensionSpec& spec,
                                                             const LakeOptions& options,
                                                             const TableSchema& schema);

  // As UpsertTable, of both tables. Right after opening.
  Status UseRules(const RuleSet& rules);

  Layer layer() const override { return Layer::kGold; }
  const std::string& name() const override { return name_; }
  std::vector<Part> parts() const override;
  void FeedFrom(const FedFrom& bronze) override;
  const Progress& progress() const override;
  BatchNumber furthest() const override;
  Status Stage(const RuledBatch& batch) override;
  Status Evolve(const SchemaChange& change) override;
  Status Commit(BatchNumber batch, const std::optional<SourcePosition>& position) override;
  Status TakeAgain(const RuledBatch& batch) override;
  Status Flush() override;
  Status Refresh() override;
  Result<bool> Maintain(const CompactionPolicy& policy) override;
  ApplyCounts counts() const override;
  std::size_t memory_bytes() const override;

  const LakeTable& current() const { return current_->table(); }
  const LakeTable& history() const { return history_->table(); }

 private:
  GoldDimension(DimensionSpec spec, std::unique_ptr<UpsertTable> current,
                std::unique_ptr<HistoryTable> history);

  bool InStep() const;
  bool CurrentIsBehind() const;
  Status StageHistoryAlone(const RuledBatch& batch);

  DimensionSpec spec_;
  std::string name_;
  std::unique_ptr<UpsertTable> current_;
  std::unique_ptr<HistoryTable> history_;
  std::optional<KeyIndex> folded_;  // what history says is current, while history is fed alone
};

}  // namespace foreset::lake
