// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "foreset/lake/follower.h"
#include "foreset/lake/rule_quarantine.h"
#include "foreset/lake/rule_record.h"
#include "foreset/lake/upsert_table.h"

namespace foreset::lake {

// `silver/<Table>`: the source's current rows: its columns, `_seq`, `_source_ts`. With rules, the
// rows as these leave them, how often each did something, and beside it the rows that they refused.
class SilverTable final : public Follower {
 public:
  // `schema` as bronze has it at batch 0 of the replay, which then brings everything.
  static Result<std::unique_ptr<SilverTable>> Create(std::shared_ptr<ObjectStore> store,
                                                     const LakeOptions& options,
                                                     const TableSchema& schema);
  static Result<std::unique_ptr<SilverTable>> Open(std::shared_ptr<ObjectStore> store,
                                                   std::string table, const LakeOptions& options);

  // The rules that the batches to come went through; refused rows go to `quarantine`. Right after
  // opening. Errors as UpsertTable::UseRules.
  Status UseRules(const RuleSet& rules, std::shared_ptr<ObjectStore> quarantine);

  Layer layer() const override { return Layer::kSilver; }
  const std::string& name() const override { return name_; }
  std::vector<Part> parts() const override { return {{&rows_->table(), &rows_->progress()}}; }
  void FeedFrom(const FedFrom& bronze) override { rows_->FeedFrom(bronze); }
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

  const LakeTable& table() const { return rows_->table(); }
  // As committed, since each rule came to the table.
  Result<RuleCounts> rule_counts() const { return RuleCountsOf(*rows_->table().snapshot()); }

 private:
  SilverTable(std::unique_ptr<UpsertTable> rows, std::string table);

  Status CommitCounts();

  std::unique_ptr<UpsertTable> rows_;
  std::string name_;
  RuleSet rules_;
  std::unique_ptr<RuleQuarantine> quarantine_;  // null without rules
  std::vector<RuleCount> counted_;              // by rule, staged
};

}  // namespace foreset::lake
