// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/warehouse_load.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/pipeline/warehouse/lake_versions.h"
#include "foreset/pipeline/warehouse/model_load.h"
#include "foreset/sql/delta_relation.h"
#include "foreset/sql/warehouse/model_graph.h"
#include "foreset/sql/warehouse/workspace.h"

namespace foreset::pipeline {
namespace {

using Steady = std::chrono::steady_clock::time_point;
using Selection = std::vector<const sql::PlannedModel*>;

double SecondsBetween(Steady from, Steady to) {
  return std::chrono::duration<double>(to - from).count();
}

// One run of `warehouse load`, in the order of its methods.
class WarehouseLoad {
 public:
  WarehouseLoad(const lake::Lake& lake, const WarehouseOptions& options)
      : lake_(lake), options_(options) {}

  Status Prepare() {
    engine_ = TRY(sql::Engine::Open(options_.engine));
    const std::vector<std::string> layers = lake::LayerNames();
    graph_ = TRY(sql::ModelGraph::Make(options_.models, *engine_, {layers.begin(), layers.end()}));
    selected_ = TRY(graph_.Select(options_.select));
    workspace_.emplace(TRY(sql::Workspace::Make(*engine_)));
    RETURN_IF_ERROR(OpenTables());
    versions_ = TRY(FindVersions(lake_, Reads(), *engine_));
    return Bind();
  }

  // Before anything is written: whether the target can take what the models make.
  Status PrepareTarget() {
    if (!options_.target) return {};
    target_ = TRY(MysqlTarget::Open(*options_.target));
    for (const sql::PlannedModel* planned : selected_) {
      const sql::Model& model = planned->model;
      const auto rows =
          TRY(engine_->Fetch(fmt::format("SELECT * FROM {} LIMIT 0", sql::Quoted(model.name))));
      RETURN_IF_ERROR(target_->Check(model.name, model.key, *rows->schema()));
    }
    return {};
  }

  Status Run(WarehouseReport& report, const std::function<void(const ModelReport&)>& tell,
             const std::stop_token& stop) {
    engine_->StopWith(stop);
    LoadContext context{versions_, *workspace_, tables_, options_.full};
    report.position = versions_.position;
    report.epoch_time = versions_.epoch_time;
    for (const sql::PlannedModel* planned : selected_) {
      if (stop.stop_requested()) {
        return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "the load was stopped");
      }
      ModelReport& model = report.models.emplace_back();
      model.model = planned->model.name;
      const auto loading = UnderWay(
          fmt::format("{} ({} of {})", model.model, report.models.size(), selected_.size()));
      RunModel(context, *planned, model);
      tell(model);
    }
    return {};
  }

  // The target's tables are those of one load: when a model has failed they stay as they are.
  void RunTarget(WarehouseReport& report) {
    if (target_ == nullptr || options_.dry_run || !failed_.empty()) return;
    const auto filling = UnderWay("filling the target");
    std::vector<TargetTable> tables;
    for (const sql::PlannedModel* planned : selected_) {
      const sql::Model& model = planned->model;
      const ModelTable& table = tables_.at(model.name);
      tables.push_back({model.name, model.key, table.store(), table.snapshot()});
    }
    auto synced = target_->Sync(tables, *engine_, options_.full);
    if (synced) {
      report.target = *std::move(synced);
    } else {
      report.target_error = std::move(synced).error();
    }
  }

 private:
  std::shared_ptr<WorkBoard::Piece> UnderWay(std::string what) const {
    return options_.board == nullptr ? nullptr : options_.board->Begin(std::move(what));
  }

  // Selected models, and those that they read.
  Status OpenTables() {
    for (const sql::PlannedModel* planned : selected_) {
      RETURN_IF_ERROR(OpenTable(planned->model.name));
      for (const std::string& parent : planned->parents) RETURN_IF_ERROR(OpenTable(parent));
    }
    return {};
  }

  Status OpenTable(const std::string& model) {
    if (tables_.contains(model)) return {};
    const std::string folder =
        options_.folder.empty() ? model : fmt::format("{}/{}", options_.folder, model);
    tables_.emplace(
        model, TRY(ModelTable::Open(SubStore(lake_.stores.gold, folder), model, lake_.options)));
    return {};
  }

  std::set<sql::QueryName> Reads() const {
    std::set<sql::QueryName> names;
    for (const sql::PlannedModel* planned : selected_) {
      names.insert(planned->tables.begin(), planned->tables.end());
    }
    return names;
  }

  // All models are understood before the first is loaded. Models that are read but not selected
  // stand there as they were loaded the last time.
  Status Bind() {
    for (const auto& [name, table] : versions_.tables) {
      RETURN_IF_ERROR(workspace_->Show(name, sql::MakeDeltaRelation(table.store, table.snapshot)));
    }
    for (const sql::PlannedModel& planned : graph_.models()) {
      const std::string& name = planned.model.name;
      if (std::ranges::find(selected_, &planned) != selected_.end()) {
        RETURN_IF_ERROR(workspace_->Bind(planned.model));
        continue;
      }
      const auto table = tables_.find(name);
      if (table == tables_.end()) continue;
      if (table->second.snapshot() == nullptr) {
        return Err(ErrorKind::kInvalidInput, warehouse_error::kModelTableUnknown,
                   fmt::format("{} was never loaded, and is not selected", name),
                   "Select it too: --select +MODEL takes what the model reads.");
      }
      RETURN_IF_ERROR(workspace_->Show(
          {name}, sql::MakeDeltaRelation(table->second.store(), table->second.snapshot())));
    }
    return {};
  }

  void RunModel(LoadContext& context, const sql::PlannedModel& planned, ModelReport& report) {
    const Steady started = lake_.options.clock->Steady();
    const auto failed_parent = std::ranges::find_if(
        planned.parents, [&](const std::string& name) { return failed_.contains(name); });
    if (failed_parent != planned.parents.end()) {
      report.state = LoadState::kSkipped;
      report.because = fmt::format("{} failed", *failed_parent);
      failed_.insert(planned.model.name);
      return;
    }
    ModelLoad load(context, planned, report);
    const Status done = options_.dry_run ? load.Plan() : load.Run();
    if (!done) {
      report.state = LoadState::kFailed;
      report.error = done.error();
      failed_.insert(planned.model.name);
    }
    report.seconds = SecondsBetween(started, lake_.options.clock->Steady());
  }

  const lake::Lake& lake_;
  const WarehouseOptions& options_;
  std::unique_ptr<sql::Engine> engine_;
  sql::ModelGraph graph_;
  Selection selected_;  // of the graph
  std::optional<sql::Workspace> workspace_;
  std::map<std::string, ModelTable> tables_;
  LakeVersions versions_;
  std::unique_ptr<MysqlTarget> target_;
  std::set<std::string> failed_;  // or skipped
};

}  // namespace

std::string_view NameOf(LoadState state) {
  switch (state) {
    case LoadState::kPlanned:
      return "planned";
    case LoadState::kUnchanged:
      return "unchanged";
    case LoadState::kLoaded:
      return "loaded";
    case LoadState::kFailed:
      return "failed";
    case LoadState::kSkipped:
      return "skipped";
  }
  return "";
}

const Error* WarehouseReport::failure() const {
  for (const ModelReport& model : models) {
    if (model.error) return &*model.error;
  }
  return target_error ? &*target_error : nullptr;
}

Result<WarehouseReport> LoadWarehouse(const lake::Lake& lake, const WarehouseOptions& options,
                                      const std::function<void(const ModelReport&)>& tell,
                                      const std::stop_token& stop) {
  const Steady started = lake.options.clock->Steady();
  WarehouseReport report;
  WarehouseLoad load(lake, options);
  RETURN_IF_ERROR(load.Prepare());
  RETURN_IF_ERROR(load.PrepareTarget());
  RETURN_IF_ERROR(load.Run(report, tell, stop));
  load.RunTarget(report);
  report.seconds = SecondsBetween(started, lake.options.clock->Steady());
  return report;
}

}  // namespace foreset::pipeline
