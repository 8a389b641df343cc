// SPDX-License-Identifier: MIT
#include "foreset/pipeline/reset.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "foreset/delta/snapshot.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/schema_changes_table.h"
#include "foreset/model/table_schema_json.h"
#include "foreset/pipeline/lake_cut.h"

namespace foreset::pipeline {
namespace {

constexpr char kOldFolder[] = "_old";

class Planner {
 public:
  Planner(const LakeStores& stores, const PipelineOptions& options)
      : stores_(stores), options_(options), stamp_(options.lake.clock->Now().value() / 1000) {}

  Status AddSteps(const TableId& table, Layer layer) {
    plan_.tables.push_back(table);
    const std::string folder = TableFolder(options_.layout, table);
    if (TRY(IsOfAnother(folder, table))) return {};
    for (const lake::DimensionSpec& spec : DimensionsOf(options_, table)) {
      RETURN_IF_ERROR(AddStep("gold", spec.current, stores_.gold));
      RETURN_IF_ERROR(AddStep("gold", spec.history, stores_.gold));
    }
    if (layer != Layer::kGold) {
      RETURN_IF_ERROR(AddStep("silver", folder, stores_.silver));
      RETURN_IF_ERROR(AddStep("silver", QuarantineFolder(folder), stores_.silver));
    }
    if (layer == Layer::kBronze) RETURN_IF_ERROR(AddStep("bronze", folder, stores_.bronze));
    return {};
  }

  // What the fresh start will cost.
  Status AddConsequence(const TableId& table, Layer layer) {
    const std::string folder = TableFolder(options_.layout, table);
    if (layer == Layer::kBronze) {
      plan_.consequences.push_back(fmt::format(
          "{}: the next run {}; its change events so far stay in the old bronze table only",
          table.ToString(),
          from_topics_ ? "reads its topics from their beginning, and stops again where they tell a "
                         "statement that cannot be followed"
                       : "copies it anew from the source"));
    } else {
      plan_.consequences.push_back(fmt::format("{}: reads bronze/{} from its beginning: {}",
                                               table.ToString(), folder, TRY(SizeOf(folder))));
    }
    return {};
  }

  // Where the lake is fed from topics, bronze is made anew from those.
  Status AskForSource() {
    const auto progress = TRY(ReadProgress(SubStore(stores_.bronze, "_epochs")));
    from_topics_ = progress && progress->position.from_topics;
    return {};
  }

  ResetPlan Finish() && { return std::move(plan_); }

 private:
  // Two tables to which the layout gives one folder: the second stopped for that, and has none.
  Result<bool> IsOfAnother(const std::string& folder, const TableId& table) const {
    const auto store = SubStore(stores_.bronze, folder);
    if (!TRY(lake::LakeTable::Exists(*store))) return false;
    const auto snapshot = delta::Snapshot::Load(store);
    if (!snapshot) return false;  // damaged: it goes out of the way
    const auto text = (*snapshot)->FindDomain("foreset.schema");
    if (!text) return false;
    const auto schema = TableSchemaFromJson(*text);
    return schema && schema->id != table;
  }

  // How much there is to read in bronze.
  Result<std::string> SizeOf(const std::string& folder) const {
    const auto store = SubStore(stores_.bronze, folder);
    if (!TRY(lake::LakeTable::Exists(*store))) return std::string("nothing yet");
    const auto snapshot = TRY(delta::Snapshot::Load(store));
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    for (const delta::AddFile& file : snapshot->files()) {
      rows += lake::NumRecords(file).value_or(0);
      bytes += file.size_bytes;
    }
    const auto progress = snapshot->FindDomain(lake::kProgressDomain);
    const std::int64_t commits =
        progress ? TRY(lake::ProgressFromJson(*progress)).batch.value() : 0;
    return fmt::format("{} rows, {} bytes, of {} commits", rows, bytes, commits);
  }

  Status AddStep(const char* layer, const std::string& folder,
                 const std::shared_ptr<ObjectStore>& store) {
    if (!TRY(lake::LakeTable::IsOccupied(*SubStore(store, folder)))) return {};
    plan_.steps.push_back(
        {layer, folder, fmt::format("{}/{}-{}", kOldFolder, folder, stamp_), store});
    return {};
  }

  const LakeStores& stores_;
  const PipelineOptions& options_;
  std::int64_t stamp_;
  bool from_topics_ = false;
  ResetPlan plan_;
};

Result<std::size_t> PurgeIn(ObjectStore& store) {
  const auto objects = TRY(store.List(fmt::format("{}/", kOldFolder), ""));
  for (const ObjectInfo& object : objects) RETURN_IF_ERROR(store.Delete(object.path));
  return objects.size();
}

}  // namespace

Result<ResetPlan> PlanReset(const LakeStores& stores, const PipelineOptions& options, Layer layer,
                            const std::vector<std::string>& tables) {
  std::set<TableId> known;
  const auto schemas = lake::SchemaChangesTable::Open(SubStore(stores.bronze, "_schema_changes"),
                                                      options.lake.As(options.formats.bronze));
  if (!schemas && schemas.error().kind != ErrorKind::kNotFound) {
    return std::unexpected(schemas.error());
  }
  if (schemas) {
    for (const auto& [life, change] : (*schemas)->all()) known.insert(change.table);
  }
  std::set<TableId> chosen;
  for (const std::string& name : tables) {
    const auto found = std::ranges::find_if(known, [&](const TableId& id) {
      return SameName(name, id.table) || SameName(name, id.ToString());
    });
    if (found == known.end()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kTableUnknown,
                 fmt::format("the lake has no table {}", name));
    }
    chosen.insert(*found);
  }
  Planner planner(stores, options);
  RETURN_IF_ERROR(planner.AskForSource());
  for (const TableId& table : tables.empty() ? known : chosen) {
    RETURN_IF_ERROR(planner.AddSteps(table, layer));
    RETURN_IF_ERROR(planner.AddConsequence(table, layer));
  }
  return std::move(planner).Finish();
}

Result<ResetPlan> PlanTableReset(const LakeStores& stores, const PipelineOptions& options,
                                 Layer layer, const TableId& table) {
  Planner planner(stores, options);
  RETURN_IF_ERROR(planner.AddSteps(table, layer));
  return std::move(planner).Finish();
}

Status ApplyReset(const ResetPlan& plan) {
  for (const ResetStep& step : plan.steps) {
    RETURN_IF_ERROR(step.store->MoveFolder(step.folder, step.moved_to));
  }
  return {};
}

Result<std::size_t> PurgeOldTables(const LakeStores& stores, Layer layer) {
  std::size_t deleted = TRY(PurgeIn(*stores.gold));
  if (layer != Layer::kGold) deleted += TRY(PurgeIn(*stores.silver));
  if (layer == Layer::kBronze) deleted += TRY(PurgeIn(*stores.bronze));
  return deleted;
}

}  // namespace foreset::pipeline
