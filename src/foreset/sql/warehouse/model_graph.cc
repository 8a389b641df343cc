// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/model_graph.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/warehouse.h"

namespace foreset::sql {
namespace {

// What a statement reads; nothing where it cannot be understood, which binding tells.
std::vector<QueryName> NamesIn(Engine& engine, const std::string& statement) {
  return engine.TablesOf(statement).value_or(std::vector<QueryName>());
}

// Sorts what models read into models and tables of the lake.
class Reads {
 public:
  Reads(const std::vector<Model>& models, const std::set<std::string>& layers) : layers_(layers) {
    for (const Model& model : models) names_[AsciiLower(model.name)] = model.name;
  }

  bool unique(std::size_t models) const { return names_.size() == models; }

  // The name as the graph knows it. One part that is no model's is a common table expression's, or
  // nobody's: then binding says so.
  Result<QueryName> Add(PlannedModel& model, const QueryName& name) const {
    if (name.size() == 2 && layers_.contains(AsciiLower(name[0]))) {
      return *model.tables.insert({AsciiLower(name[0]), name[1]}).first;
    }
    const auto found = name.size() == 1 ? names_.find(AsciiLower(name[0])) : names_.end();
    if (found == names_.end() && name.size() == 1) return name;
    if (found == names_.end()) {
      return Err(ErrorKind::kInvalidInput, warehouse_error::kModelTableUnknown,
                 fmt::format("{}.sql reads {}, which is no model and no table of a layer",
                             model.model.name, fmt::join(name, ".")),
                 fmt::format("Models are {}; tables of the lake are written {}.Table.",
                             fmt::join(ModelNames(), ", "), fmt::join(layers_, ".Table, ")));
    }
    // Its own checks read the model itself.
    if (found->second != model.model.name) model.parents.insert(found->second);
    return QueryName{found->second};
  }

 private:
  std::vector<std::string> ModelNames() const {
    std::vector<std::string> names;
    for (const auto& [key, name] : names_) names.push_back(name);
    return names;
  }

  const std::set<std::string>& layers_;
  std::map<std::string, std::string> names_;  // lower case -> as written
};

// What is asked of a change is asked of tables too; and a change of what is not read says nothing.
Status AddEffects(PlannedModel& model, Engine& engine, const Reads& reads) {
  for (ChangeEffect& effect : model.model.effects) {
    effect.table = TRY(reads.Add(model, effect.table));
    if (!model.made_from.contains(effect.table)) {
      return Err(ErrorKind::kInvalidInput, warehouse_error::kModelInvalid,
                 fmt::format("{}.sql: @by and @affects name {}, which the model does not read",
                             model.model.name, fmt::join(effect.table, ".")));
    }
  }
  for (const ChangeEffect& effect : model.model.effects) {
    for (const QueryName& name : NamesIn(engine, effect.query)) {
      if (name != QueryName{"changed"}) RETURN_IF_ERROR(reads.Add(model, name));
    }
  }
  return {};
}

// The circle that begins at the first of what is left: each of them reads another of them.
std::string CircleOf(const std::map<std::string, std::set<std::string>>& left) {
  std::vector<std::string> path{left.begin()->first};
  while (true) {
    const std::set<std::string>& parents = left.at(path.back());
    const auto next =
        std::ranges::find_if(parents, [&](const std::string& name) { return left.contains(name); });
    const auto seen = std::ranges::find(path, *next);
    if (seen != path.end()) {
      std::vector<std::string> circle(seen, path.end());
      circle.push_back(*next);
      return fmt::format("{}", fmt::join(circle, " reads "));
    }
    path.push_back(*next);
  }
}

}  // namespace

Result<ModelGraph> ModelGraph::Make(std::vector<Model> models, Engine& engine,
                                    const std::set<std::string>& layers) {
  const Reads reads(models, layers);
  if (!reads.unique(models.size())) {
    return Err(ErrorKind::kInvalidInput, warehouse_error::kModelInvalid,
               "two models have the same name but for the case of its letters");
  }
  std::ranges::sort(models, {}, &Model::name);
  std::vector<PlannedModel> planned;
  std::map<std::string, std::set<std::string>> left;  // models that have no place yet
  for (Model& model : models) {
    PlannedModel next{std::move(model), {}, {}, {}};
    for (const QueryName& name : NamesIn(engine, next.model.sql)) {
      if (name.size() == 1 && AsciiLower(name[0]) == AsciiLower(next.model.name)) {
        return Err(ErrorKind::kInvalidInput, warehouse_error::kModelCycle,
                   fmt::format("{0} reads {0}", next.model.name));
      }
      next.made_from.insert(TRY(reads.Add(next, name)));
    }
    for (const ModelCheck& check : next.model.checks) {
      for (const QueryName& name : NamesIn(engine, check.offenders)) {
        RETURN_IF_ERROR(reads.Add(next, name));
      }
    }
    RETURN_IF_ERROR(AddEffects(next, engine, reads));
    left[next.model.name] = next.parents;
    planned.push_back(std::move(next));
  }
  ModelGraph graph;
  while (!left.empty()) {
    const auto ready = std::ranges::find_if(planned, [&](const PlannedModel& model) {
      return left.contains(model.model.name) &&
             std::ranges::none_of(model.parents,
                                  [&](const std::string& name) { return left.contains(name); });
    });
    if (ready == planned.end()) {
      return Err(ErrorKind::kInvalidInput, warehouse_error::kModelCycle, CircleOf(left));
    }
    left.erase(ready->model.name);
    graph.models_.push_back(*ready);
  }
  return graph;
}

Result<std::vector<const PlannedModel*>> ModelGraph::Select(
    const std::vector<std::string>& choices) const {
  std::set<std::string> wanted;
  for (std::string name : choices) {
    const bool parents = name.starts_with('+');
    const bool children = name.ends_with('+');
    std::erase(name, '+');
    const auto found = std::ranges::find_if(models_, [&](const PlannedModel& m) {
      return AsciiLower(m.model.name) == AsciiLower(name);
    });
    if (found == models_.end()) {
      return Err(ErrorKind::kInvalidInput, warehouse_error::kModelSelectionUnknown,
                 fmt::format("there is no model \"{}\"", name));
    }
    wanted.insert(found->model.name);
    if (parents) wanted.merge(WithParents(found->model.name));
    if (children) wanted.merge(WithChildren(found->model.name));
  }
  std::vector<const PlannedModel*> selected;
  for (const PlannedModel& model : models_) {
    if (choices.empty() || wanted.contains(model.model.name)) selected.push_back(&model);
  }
  return selected;
}

// The order of the graph makes one pass enough: backwards for parents, forwards for children.
std::set<std::string> ModelGraph::WithParents(const std::string& name) const {
  std::set<std::string> names{name};
  for (auto model = models_.rbegin(); model != models_.rend(); ++model) {
    if (names.contains(model->model.name)) {
      names.insert(model->parents.begin(), model->parents.end());
    }
  }
  return names;
}

std::set<std::string> ModelGraph::WithChildren(const std::string& name) const {
  std::set<std::string> names{name};
  for (const PlannedModel& model : models_) {
    if (std::ranges::any_of(model.parents,
                            [&](const std::string& parent) { return names.contains(parent); })) {
      names.insert(model.model.name);
    }
  }
  return names;
}

}  // namespace foreset::sql
