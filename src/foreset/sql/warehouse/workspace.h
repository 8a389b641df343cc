// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/relation.h"
#include "foreset/sql/warehouse/model_file.h"

namespace foreset::sql {

// How many rows a load takes out of a table and puts into it.
struct RowDifference {
  std::int64_t come = 0;
  std::int64_t gone = 0;
};

// Where models are computed: the tables under the names that models use, and between them and the
// warehouse's tables what a load works with. Not thread-safe.
//
// For each model: ComputeWhole, or ComputePart after AddAffected; Compare; the rows are then in the
// tables kCome and kGone until the next model.
class Workspace {
 public:
  static constexpr char kNew[] = "foreset_load.new";    // the model's rows, whole or affected ones
  static constexpr char kCome[] = "foreset_load.come";  // rows that the table lacks
  static constexpr char kGone[] = "foreset_load.gone";  // places of rows that it has too many

  // `engine` outlives the workspace.
  static Result<Workspace> Make(Engine& engine);

  // A table of a layer (two parts) or of a model (one): replaces what had the name.
  Status Show(const QueryName& name, std::shared_ptr<const Relation> relation);
  // Whether the SQL can be understood over what is shown; from then on the model's name stands for
  // it. kInvalidInput (kModelNotUnderstood, kModelTableUnknown; kModelInvalid names a column of an
  // @ line that is not there).
  Status Bind(const Model& model);

  // Forgets what was affected.
  Status BeginPart();
  // Asks of a table's change which values of the grain it touches. The relations hold the files
  // that only the old and only the new version has.
  Status AddAffected(const ChangeEffect& effect, std::shared_ptr<const Relation> old_files,
                     std::shared_ptr<const Relation> new_files);
  Result<std::int64_t> Affected();

  // kInvalidInput (kModelFailed).
  Status ComputeWhole(const Model& model);
  Status ComputePart(const Model& model);
  // What Compute made has these columns.
  Result<std::shared_ptr<arrow::Schema>> Columns();
  // Against the rows that the table has now, with their places; null: it has none. `part`: only
  // rows of affected values count.
  Result<RowDifference> Compare(const Model& model, const std::shared_ptr<const Relation>& placed,
                                bool part);
  // What the table will have, as a query: rows that stay, and those that come. After Compare.
  std::string Outcome(const std::vector<std::string>& columns) const;

  // The rows that stay in files out of which others go. After Compare.
  std::string Remainder(const std::vector<std::string>& columns) const;

  // The model's name stands for what Compute made.
  Status ShowComputed(const Model& model);

  Engine& engine() { return *engine_; }

 private:
  explicit Workspace(Engine& engine) : engine_(&engine) {}
  Result<std::vector<std::string>> ColumnsOf(const QueryName& name);
  Status CheckMentions(const Model& model);
  Status Compute(const std::string& statement);
  Status RestrictTo(const Model& model, bool part);
  Result<std::int64_t> Count(const std::string& from);

  Engine* engine_;
  std::map<QueryName, std::string> views_;  // name -> what is behind it
  bool any_affected_ = false;
};

}  // namespace foreset::sql
