// SPDX-License-Identifier: MIT
#include "foreset/lake/gold_dimension.h"

#include <algorithm>
#include <utility>

namespace foreset::lake {
namespace {

UpsertShape CurrentShape(const DimensionSpec& spec) {
  return {.time_column = "_valid_from", .columns = spec.columns};
}

}  // namespace

GoldDimension::GoldDimension(DimensionSpec spec, std::unique_ptr<UpsertTable> current,
                             std::unique_ptr<HistoryTable> history)
    : spec_(std::move(spec)),
      name_(NameOf(Layer::kGold, spec_.current)),
      current_(std::move(current)),
      history_(std::move(history)) {}

Result<std::unique_ptr<GoldDimension>> GoldDimension::OpenOrCreate(
    std::shared_ptr<ObjectStore> current, std::shared_ptr<ObjectStore> history,
    const DimensionSpec& spec, const LakeOptions& options, const TableSchema& schema) {
  const UpsertShape shape = CurrentShape(spec);
  auto rows = TRY(LakeTable::Exists(*current))
                  ? TRY(UpsertTable::Open(current, spec.current, options, shape))
                  : TRY(UpsertTable::Create(current, spec.current, options, shape, schema));
  auto changes =
      TRY(LakeTable::Exists(*history))
          ? TRY(HistoryTable::Open(history, spec.history, options, spec.columns))
          : TRY(HistoryTable::Create(history, spec.history, options, spec.columns, schema));
  return std::unique_ptr<GoldDimension>(
      new GoldDimension(spec, std::move(rows), std::move(changes)));
}

bool GoldDimension::InStep() const {
  const Progress& current = current_->progress();
  const Progress& history = history_->progress();
  return current.batch == history.batch && current.schema_sequence == history.schema_sequence;
}

bool GoldDimension::CurrentIsBehind() const {
  const Progress& current = current_->progress();
  const Progress& history = history_->progress();
  return std::pair(current.batch, current.schema_sequence) <
         std::pair(history.batch, history.schema_sequence);
}

const Progress& GoldDimension::progress() const {
  return CurrentIsBehind() || InStep() ? current_->progress() : history_->progress();
}

std::vector<Follower::Part> GoldDimension::parts() const {
  return {{&history_->table(), &history_->progress()}, {&current_->table(), &current_->progress()}};
}

void GoldDimension::FeedFrom(const FedFrom& bronze) {
  history_->FeedFrom(bronze);
  current_->FeedFrom(bronze);
}

BatchNumber GoldDimension::furthest() const {
  return std::max(current_->progress().batch, history_->progress().batch);
}

Status GoldDimension::UseRules(const RuleSet& rules) {
  RETURN_IF_ERROR(history_->UseRules(rules));
  return current_->UseRules(rules);
}

Status GoldDimension::Stage(const RuledBatch& batch) {
  if (InStep()) {
    const KeyedChanges changes = TRY(current_->Key(batch));
    const ReducedBatch reduced = TRY(current_->Reduce(changes));
    RETURN_IF_ERROR(history_->Stage(changes, reduced.outcomes));
    return current_->Stage(changes, reduced);
  }
  if (CurrentIsBehind()) {
    const KeyedChanges changes = TRY(current_->Key(batch));
    return current_->Stage(changes, TRY(current_->Reduce(changes)));
  }
  return StageHistoryAlone(batch);
}

// What the keys had is told by history itself, as current is ahead.
Status GoldDimension::StageHistoryAlone(const RuledBatch& batch) {
  if (!folded_) folded_ = TRY(history_->Fold());
  const KeyedChanges changes = TRY(history_->Key(batch));
  const bool whole_row = history_->whole_row();
  const ReducedBatch reduced =
      whole_row ? TRY(ReduceCopies(changes, *folded_)) : Reduce(changes, *folded_);
  RETURN_IF_ERROR(history_->Stage(changes, reduced.outcomes));
  if (whole_row) return {};
  if (reduced.clear) folded_->Clear();
  for (const Hash128& key : reduced.removals) folded_->Erase(key);
  for (const ReducedBatch::Put& put : reduced.puts) folded_->Put({put.key, put.sequence, {}});
  return {};
}

Status GoldDimension::Evolve(const SchemaChange& change) {
  // Each leaves out what it has.
  RETURN_IF_ERROR(history_->Evolve(change));
  folded_.reset();
  return current_->Evolve(change);
}

Status GoldDimension::Commit(BatchNumber batch, const std::optional<SourcePosition>& position) {
  if (InStep()) {
    // History first: current alone can be brought up from any state of its own.
    RETURN_IF_ERROR(history_->Commit(batch, position));
    return current_->Commit(batch, position);
  }
  Status committed =
      CurrentIsBehind() ? current_->Commit(batch, position) : history_->Commit(batch, position);
  if (InStep()) folded_.reset();
  return committed;
}

Status GoldDimension::TakeAgain(const RuledBatch& batch) {
  const KeyedChanges changes = TRY(current_->KeyAgain(batch));
  const ReducedBatch reduced = TRY(current_->Reduce(changes));
  RETURN_IF_ERROR(history_->TakeAgain(changes, reduced.outcomes));
  RETURN_IF_ERROR(current_->Stage(changes, reduced));
  return current_->Commit(progress().batch, {});
}

Status GoldDimension::Flush() {
  RETURN_IF_ERROR(history_->Flush());
  return current_->Flush();
}

Status GoldDimension::Refresh() {
  folded_.reset();
  RETURN_IF_ERROR(history_->Refresh());
  return current_->Refresh();
}

Result<bool> GoldDimension::Maintain(const CompactionPolicy& policy) {
  if (TRY(current_->Maintain(policy))) return true;
  return CompactAppendOnly(history_->table(), policy);
}

ApplyCounts GoldDimension::counts() const {
  ApplyCounts counts = current_->counts();
  counts.history_rows = history_->rows_written();
  return counts;
}

std::size_t GoldDimension::memory_bytes() const {
  return current_->memory_bytes() + (folded_ ? folded_->memory_bytes() : 0);
}

}  // namespace foreset::lake
