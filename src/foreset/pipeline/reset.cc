// SPDX-License-Identifier: MIT
#include "foreset/pipeline/reset.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

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
  explicit Planner(const lake::Lake& lake)
      : lake_(lake), stamp_(lake.options.clock->Now().value() / 1000) {}

  Status AddSteps(const TableId& table, lake::Layer layer) {
    plan_.tables.push_back(table);
    const std::string folder = lake_.layout.FolderOf(table);
    if (TRY(IsOfAnother(folder, table))) return {};
    for (const lake::DimensionSpec& spec : lake_.layout.DimensionsOf(table)) {
      RETURN_IF_ERROR(AddStep(lake::Layer::kGold, spec.current));
      RETURN_IF_ERROR(AddStep(lake::Layer::kGold, spec.history));
    }
    if (layer != lake::Layer::kGold) {
      RETURN_IF_ERROR(AddStep(lake::Layer::kSilver, folder));
      RETURN_IF_ERROR(AddStep(lake::Layer::kSilver, lake::QuarantineFolder(folder)));
    }
    if (layer == lake::Layer::kBronze) RETURN_IF_ERROR(AddStep(lake::Layer::kBronze, folder));
    return {};
  }

  // What the fresh start will cost.
  Status AddConsequence(const TableId& table, lake::Layer layer) {
    const std::string folder = lake_.layout.FolderOf(table);
    if (layer == lake::Layer::kBronze) {
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
    const auto progress = TRY(ReadProgress(SubStore(lake_.stores.bronze, "_epochs")));
    from_topics_ = progress && progress->position.from_topics;
    return {};
  }

  ResetPlan Finish() && { return std::move(plan_); }

 private:
  // Two tables to which the layout gives one folder: the second stopped for that, and has none.
  Result<bool> IsOfAnother(const std::string& folder, const TableId& table) const {
    const auto store = SubStore(lake_.stores.bronze, folder);
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
    const auto store = SubStore(lake_.stores.bronze, folder);
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

  Status AddStep(lake::Layer layer, const std::string& folder) {
    const std::shared_ptr<ObjectStore>& store = lake_.stores[layer];
    if (!TRY(lake::LakeTable::IsOccupied(*SubStore(store, folder)))) return {};
    plan_.steps.push_back(
        {layer, folder, fmt::format("{}/{}-{}", kOldFolder, folder, stamp_), store});
    return {};
  }

  const lake::Lake& lake_;
  std::int64_t stamp_;
  bool from_topics_ = false;
  ResetPlan plan_;
};

// The tables of the lake that are meant; none named: all.
Result<std::set<TableId>> ChooseTables(const lake::Lake& lake,
                                       const std::vector<std::string>& tables) {
  std::set<TableId> known;
  const auto schemas = lake::SchemaChangesTable::Open(
      SubStore(lake.stores.bronze, "_schema_changes"), lake.OptionsOf(lake::Layer::kBronze));
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
  return tables.empty() ? known : chosen;
}

// Milliseconds since 1970: so many digits that no name has them by chance.
bool IsStamp(std::string_view text) {
  constexpr std::size_t kLeastDigits = 12;
  return text.size() >= kLeastDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

struct MovedFolder {
  std::string folder;    // where it stood: "Customers"
  std::string moved_to;  // "_old/Customers-1764520000000"
};

// Of an object below that; empty when no reset has made it.
MovedFolder MovedFolderOf(const std::string& path) {
  const std::size_t begin = std::string_view(kOldFolder).size() + 1;
  for (std::size_t end = path.find('/', begin); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const std::size_t dash = path.rfind('-', end);
    if (dash == std::string::npos || dash <= begin) continue;
    if (!IsStamp(std::string_view(path).substr(dash + 1, end - dash - 1))) continue;
    return {path.substr(begin, dash - begin), path.substr(0, end)};
  }
  return {};
}

// What stands below `_old/` in a layer. `wanted`: the folders of the tables that are meant.
Status FindOld(lake::Layer layer, const lake::Lake& lake,
               const std::optional<std::set<std::string>>& wanted, PurgePlan& plan) {
  const std::shared_ptr<ObjectStore>& store = lake.stores[layer];
  std::map<std::string, OldTable> found;
  std::set<std::string> kept;
  for (const ObjectInfo& object : TRY(store->List(fmt::format("{}/", kOldFolder), ""))) {
    const MovedFolder moved = MovedFolderOf(object.path);
    if (moved.folder.empty()) {
      kept.insert(
          fmt::format("{}/{}", lake::NameOf(layer), object.path.substr(0, object.path.rfind('/'))));
      continue;
    }
    if (wanted && !wanted->contains(moved.folder)) continue;
    OldTable& table = found[moved.moved_to];
    table.objects.push_back(object.path);
    table.bytes += object.size_bytes;
  }
  for (auto& [folder, table] : found) {
    table.layer = layer;
    table.folder = folder;
    table.store = store;
    plan.tables.push_back(std::move(table));
  }
  plan.kept.insert(plan.kept.end(), kept.begin(), kept.end());
  return {};
}

}  // namespace

Result<ResetPlan> PlanReset(const lake::Lake& lake, lake::Layer layer,
                            const std::vector<std::string>& tables) {
  const std::set<TableId> chosen = TRY(ChooseTables(lake, tables));
  Planner planner(lake);
  RETURN_IF_ERROR(planner.AskForSource());
  for (const TableId& table : chosen) {
    RETURN_IF_ERROR(planner.AddSteps(table, layer));
    RETURN_IF_ERROR(planner.AddConsequence(table, layer));
  }
  return std::move(planner).Finish();
}

Result<ResetPlan> PlanTableReset(const lake::Lake& lake, lake::Layer layer, const TableId& table) {
  Planner planner(lake);
  RETURN_IF_ERROR(planner.AddSteps(table, layer));
  return std::move(planner).Finish();
}

Status ApplyReset(const ResetPlan& plan) {
  for (const ResetStep& step : plan.steps) {
    RETURN_IF_ERROR(step.store->MoveFolder(step.folder, step.moved_to));
  }
  return {};
}

Result<PurgePlan> PlanPurge(const lake::Lake& lake, lake::Layer layer,
                            const std::vector<std::string>& tables) {
  std::optional<std::set<std::string>> folders;
  std::optional<std::set<std::string>> dimensions;
  if (!tables.empty()) {
    folders.emplace();
    dimensions.emplace();
    for (const TableId& table : TRY(ChooseTables(lake, tables))) {
      const std::string folder = lake.layout.FolderOf(table);
      folders->insert({folder, lake::QuarantineFolder(folder)});
      for (const lake::DimensionSpec& spec : lake.layout.DimensionsOf(table)) {
        dimensions->insert({spec.current, spec.history});
      }
    }
  }
  PurgePlan plan;
  RETURN_IF_ERROR(FindOld(lake::Layer::kGold, lake, dimensions, plan));
  if (layer != lake::Layer::kGold)
    RETURN_IF_ERROR(FindOld(lake::Layer::kSilver, lake, folders, plan));
  if (layer == lake::Layer::kBronze)
    RETURN_IF_ERROR(FindOld(lake::Layer::kBronze, lake, folders, plan));
  return plan;
}

Result<std::size_t> ApplyPurge(const PurgePlan& plan) {
  std::size_t deleted = 0;
  for (const OldTable& table : plan.tables) {
    for (const std::string& object : table.objects) {
      RETURN_IF_ERROR(table.store->Delete(object));
      ++deleted;
    }
  }
  return deleted;
}

}  // namespace foreset::pipeline
