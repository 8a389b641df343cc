// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_followers.h"

#include <algorithm>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/catch_up.h"
#include "foreset/lake/gold_dimension.h"
#include "foreset/lake/large_rows.h"
#include "foreset/pipeline/sql_rules.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {

TableFollowers::TableFollowers(TableId table, const lake::Lake& lake,
                               const PipelineOptions& options, SchemaHistory schemas, Turns& turns)
    : table_(std::move(table)),
      lake_(lake),
      options_(options),
      schemas_(std::move(schemas)),
      turns_(turns) {}

Result<std::unique_ptr<lake::SilverTable>> TableFollowers::OpenSilver(
    const TableSchema& first) const {
  const std::string folder = lake_.layout.FolderOf(table_);
  auto store = SubStore(lake_.stores.silver, folder);
  const lake::LakeOptions options = lake_.OptionsOf(lake::Layer::kSilver);
  auto silver = TRY(lake::LakeTable::Exists(*store))
                    ? TRY(lake::SilverTable::Open(store, folder, options))
                    : TRY(lake::SilverTable::Create(store, options, first));
  RETURN_IF_ERROR(silver->UseRules(options_.rules.Of(table_),
                                   SubStore(lake_.stores.silver, lake::QuarantineFolder(folder))));
  return silver;
}

// The tables begin with the first schema that the table had; the replay brings the later ones.
// All or none: what opened while another did not is opened again.
Status TableFollowers::OpenAll() {
  if (!followers_.empty()) return {};
  const auto changes = schemas_(table_);
  if (changes.empty() || changes.front().after == nullptr) {
    return std::unexpected(BrokenPromise(table_.ToString(), "no schema is recorded"));
  }
  // A table that stopped before it began has no rows.
  if (changes.front().cannot_follow) return std::unexpected(*changes.front().cannot_follow);
  const TableSchema& first = *changes.front().after;
  rules_ = TRY(OpenSqlRules(options_.rules, table_));
  std::vector<std::unique_ptr<lake::Follower>> opened;
  const lake::SilverTable* silver = nullptr;
  if (lake_.layout.layers.silver) {
    auto table = TRY(OpenSilver(first));
    silver = table.get();
    opened.push_back(std::move(table));
  }
  const lake::LakeOptions gold = lake_.OptionsOf(lake::Layer::kGold);
  for (const lake::DimensionSpec& spec : lake_.layout.DimensionsOf(table_)) {
    if (!lake_.layout.layers.gold) break;
    auto dimension = TRY(lake::GoldDimension::OpenOrCreate(
        SubStore(lake_.stores.gold, spec.current), SubStore(lake_.stores.gold, spec.history), spec,
        gold, first));
    RETURN_IF_ERROR(dimension->UseRules(options_.rules.Of(table_)));
    opened.push_back(std::move(dimension));
  }
  followers_ = std::move(opened);
  silver_ = silver;
  for (const auto& follower : followers_) {
    for (const auto& part : follower->parts()) {
      if (const auto differs = lake::RowCountDiffers(*part.table)) Warn("{}", differs->ToString());
    }
  }
  return {};
}

// Done again it finds the request gone: the tables that are there now are the new ones.
Status TableFollowers::MoveAway(const ResetRequest& request) {
  if (!TRY(IsPending(*lake_.stores.bronze, request))) return {};
  followers_.clear();
  silver_ = nullptr;
  RETURN_IF_ERROR(ApplyReset(TRY(PlanTableReset(lake_, request.layer, table_))));
  return lake_.stores.bronze->Delete(request.path);
}

FollowedCounts TableFollowers::Reached() const {
  const auto lower = [](std::optional<lake::BatchNumber>& slowest, lake::BatchNumber batch) {
    if (!slowest || batch < *slowest) slowest = batch;
  };
  FollowedCounts reached;
  std::optional<lake::BatchNumber> slowest;
  for (const auto& follower : followers_) {
    const lake::BatchNumber batch = follower->progress().batch;
    lower(follower->layer() == lake::Layer::kGold ? reached.gold : reached.silver, batch);
    lower(slowest, batch);
    reached.index_bytes += follower->memory_bytes();
  }
  reached.batch = slowest.value_or(lake::BatchNumber{0});
  return reached;
}

Status TableFollowers::CatchUp(const std::function<bool()>& stop) {
  const std::string folder = lake_.layout.FolderOf(table_);
  const auto bronze =
      TRY(lake::BronzeTable::Open(SubStore(lake_.stores.bronze, folder), folder, lake_.options));
  const auto changes = schemas_(table_);
  for (const auto& follower : followers_) {
    RETURN_IF_ERROR(lake::CatchUp(*bronze, changes, *follower,
                                  {.stop = stop, .rules = rules_.get(), .turns = &turns_}));
  }
  return {};
}

Status TableFollowers::ApplyBatch(const BatchCommitted& news, const std::function<bool()>& stop) {
  const bool in_step =
      !news.rows.empty() && std::ranges::all_of(followers_, [&](const auto& follower) {
        return follower->progress().batch.Next() >= news.batch;
      });
  if (!in_step) return CatchUp(stop);
  std::vector<lake::RuledBatch> ruled;
  for (const auto& rows : news.rows) ruled.push_back(TRY(lake::ApplyRules(rules_.get(), *rows)));
  for (const auto& follower : followers_) {
    if (follower->progress().batch >= news.batch) continue;
    follower->FeedFrom(news.source);
    for (const auto& rows : ruled) {
      const auto turn = lake::TurnFor(turns_, *rows.changes);
      RETURN_IF_ERROR(follower->Stage(rows));
    }
    RETURN_IF_ERROR(follower->Commit(news.batch, news.position));
  }
  return {};
}

Status TableFollowers::Evolve(const SchemaChange& change, const std::function<bool()>& stop) {
  RETURN_IF_ERROR(CatchUp(stop));
  for (const auto& follower : followers_) RETURN_IF_ERROR(follower->Evolve(change));
  return {};
}

Result<FollowedCounts> TableFollowers::Apply(const TableNews& news,
                                             const std::function<bool()>& stop) {
  if (const auto* reset = std::get_if<ResetWanted>(&news)) {
    RETURN_IF_ERROR(MoveAway(reset->request));
  }
  RETURN_IF_ERROR(OpenAll());
  if (const auto* batch = std::get_if<BatchCommitted>(&news)) {
    RETURN_IF_ERROR(ApplyBatch(*batch, stop));
  } else if (const auto* change = std::get_if<SchemaChange>(&news)) {
    RETURN_IF_ERROR(Evolve(*change, stop));
  } else {
    RETURN_IF_ERROR(CatchUp(stop));
  }
  FollowedCounts counts = Reached();
  if (rules_ != nullptr && silver_ != nullptr) counts.rules = TRY(silver_->rule_counts());
  return counts;
}

Result<std::vector<bool>> TableFollowers::TakeAgain(const ChangeBatch& changes) {
  const lake::RuledBatch ruled = TRY(lake::ApplyRules(rules_.get(), changes));
  for (const auto& follower : followers_) {
    RETURN_IF_ERROR(follower->TakeAgain(ruled));
  }
  std::vector<bool> conform;
  for (std::size_t row = 0; row < changes.size(); ++row) conform.push_back(!ruled.HidesAfter(row));
  return conform;
}

Status TableFollowers::Refresh() {
  for (const auto& follower : followers_) RETURN_IF_ERROR(follower->Refresh());
  return {};
}

Result<bool> TableFollowers::Maintain() {
  bool more = false;
  for (const auto& follower : followers_) {
    if (TRY(follower->Maintain(options_.compaction))) more = true;
  }
  return more;
}

}  // namespace foreset::pipeline
