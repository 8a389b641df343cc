// SPDX-License-Identifier: MIT
#include "foreset/lake/silver_table.h"

#include <algorithm>
#include <utility>

namespace foreset::lake {
namespace {

UpsertShape SilverShape() { return {.time_column = "_source_ts", .columns = {}}; }

}  // namespace

SilverTable::SilverTable(std::unique_ptr<UpsertTable> rows, std::string table)
    : rows_(std::move(rows)), name_(NameOf(Layer::kSilver, table)) {}

Result<std::unique_ptr<SilverTable>> SilverTable::Create(std::shared_ptr<ObjectStore> store,
                                                         const LakeOptions& options,
                                                         const TableSchema& schema) {
  const std::string table = schema.id.table;
  auto rows = TRY(UpsertTable::Create(std::move(store), table, options, SilverShape(), schema));
  return std::unique_ptr<SilverTable>(new SilverTable(std::move(rows), table));
}

Result<std::unique_ptr<SilverTable>> SilverTable::Open(std::shared_ptr<ObjectStore> store,
                                                       std::string table,
                                                       const LakeOptions& options) {
  auto rows = TRY(UpsertTable::Open(std::move(store), table, options, SilverShape()));
  return std::unique_ptr<SilverTable>(new SilverTable(std::move(rows), std::move(table)));
}

const Progress& SilverTable::progress() const { return rows_->progress(); }

BatchNumber SilverTable::furthest() const {
  const BatchNumber own = progress().batch;
  return quarantine_ ? std::max(own, quarantine_->covered()) : own;
}

Status SilverTable::UseRules(const RuleSet& rules, std::shared_ptr<ObjectStore> quarantine) {
  RETURN_IF_ERROR(rows_->UseRules(rules));
  rules_ = rules;
  counted_.assign(rules.rules.size(), {});
  if (rules.empty()) return {};
  quarantine_ = TRY(RuleQuarantine::Open(std::move(quarantine), rules, rows_->table().options()));
  return {};
}

Status SilverTable::Stage(const RuledBatch& batch) {
  const KeyedChanges changes = TRY(rows_->Key(batch));
  RETURN_IF_ERROR(rows_->Stage(changes, TRY(rows_->Reduce(changes))));
  if (!quarantine_) return {};
  quarantine_->Stage(batch);
  for (std::size_t i = 0; i < batch.counts.size(); ++i) {
    counted_[i].rows += batch.counts[i].rows;
    counted_[i].failed += batch.counts[i].failed;
  }
  return {};
}

// The counts are committed with the rows: neither lost nor counted twice by a crash in between.
Status SilverTable::CommitCounts() {
  if (std::ranges::all_of(counted_, [](const auto& count) { return count == RuleCount{}; })) {
    return {};
  }
  RuleCounts counts = TRY(RuleCountsOf(*rows_->table().snapshot()));
  for (std::size_t i = 0; i < counted_.size(); ++i) {
    RuleCount& count = counts[rules_.rules[i].Name()];
    count.rows += counted_[i].rows;
    count.failed += counted_[i].failed;
  }
  rows_->Annotate(kRuleCountsDomain, ToJson(counts));
  return {};
}

Status SilverTable::Evolve(const SchemaChange& change) { return rows_->Evolve(change); }

Status SilverTable::Commit(BatchNumber batch, const std::optional<SourcePosition>& position) {
  if (quarantine_) {
    // First: rows that silver refuses are nowhere else. Silver can always be brought up to it.
    RETURN_IF_ERROR(quarantine_->Commit(batch));
    RETURN_IF_ERROR(CommitCounts());
  }
  RETURN_IF_ERROR(rows_->Commit(batch, position));
  std::ranges::fill(counted_, RuleCount{});
  return {};
}

// The key tells what is there already.
Status SilverTable::TakeAgain(const RuledBatch& batch) {
  const KeyedChanges changes = TRY(rows_->KeyAgain(batch));
  RETURN_IF_ERROR(rows_->Stage(changes, TRY(rows_->Reduce(changes))));
  return rows_->Commit(progress().batch, {});
}

Status SilverTable::Flush() { return rows_->Flush(); }

Status SilverTable::Refresh() {
  std::ranges::fill(counted_, RuleCount{});
  if (quarantine_) RETURN_IF_ERROR(quarantine_->Refresh());
  return rows_->Refresh();
}

Result<bool> SilverTable::Maintain(const CompactionPolicy& policy) {
  if (quarantine_ && TRY(quarantine_->Maintain(policy))) return true;
  return rows_->Maintain(policy);
}

ApplyCounts SilverTable::counts() const { return rows_->counts(); }

std::size_t SilverTable::memory_bytes() const { return rows_->memory_bytes(); }

}  // namespace foreset::lake
