// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/warehouse/model_file.h"

namespace foreset::sql {

// A model among the others.
struct PlannedModel {
  Model model;
  std::set<std::string> parents;  // models that its statement or its checks read
  // Tables of the lake that they read, as layer and name.
  std::set<QueryName> tables;
  // What the statement itself reads, both kinds: what its rows are made from.
  std::set<QueryName> made_from;
};

// The models of one folder in an order in which each stands after those that it reads. What a
// model reads is found from its SQL. Names of models are told apart without regard to case.
class ModelGraph {
 public:
  // `layers` are the schemas of the lake's tables. kInvalidInput: kModelTableUnknown names a table
  // of no layer and no model, kModelCycle the models of a circle, kModelInvalid two of one name.
  static Result<ModelGraph> Make(std::vector<Model> models, Engine& engine,
                                 const std::set<std::string>& layers);

  const std::vector<PlannedModel>& models() const { return models_; }

  // What the user chose: NAME, NAME+ (and all that read it), +NAME (and all that it reads),
  // +NAME+; none: all. In the graph's order. kInvalidInput (kModelSelectionUnknown).
  Result<std::vector<const PlannedModel*>> Select(const std::vector<std::string>& choices) const;

 private:
  std::set<std::string> WithParents(const std::string& name) const;
  std::set<std::string> WithChildren(const std::string& name) const;

  std::vector<PlannedModel> models_;
};

}  // namespace foreset::sql
