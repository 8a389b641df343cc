// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/pipeline/warehouse/lake_versions.h"
#include "foreset/pipeline/warehouse/model_table.h"
#include "foreset/pipeline/warehouse/warehouse_load.h"
#include "foreset/sql/warehouse/model_graph.h"
#include "foreset/sql/warehouse/workspace.h"

namespace foreset::pipeline {

// What the models of one load share.
struct LoadContext {
  const LakeVersions& lake;
  sql::Workspace& workspace;
  std::map<std::string, ModelTable>& tables;  // of all models that are read or loaded
  bool full = false;
};

// Loads one model whose parents are loaded: decides how, computes, compares, stages, checks,
// commits; on failure its table is as it was. What was done is told in the report, also in part
// when it fails.
class ModelLoad {
 public:
  ModelLoad(LoadContext& context, const sql::PlannedModel& planned, ModelReport& report);

  // How it would be loaded: sets the report's mode, reason and reads.
  Status Plan();
  // After Plan.
  Status Run();

 private:
  using Read = std::pair<sql::QueryName, VersionedTable>;

  const VersionedTable* Find(const sql::QueryName& name);
  std::optional<std::string> WhyWhole();
  bool Unchanged() const;
  Result<bool> FindAffected();
  Status Compute();
  Status ComputeAnew(std::string because);
  Status Stage(const sql::RowDifference& difference);
  Status StageAnew();
  Status StagePlaces(const std::vector<const delta::AddFile*>& files);
  Status Check();
  Status Show();
  LoadRecord Record() const;

  LoadContext& context_;
  const sql::Model& model_;
  ModelReport& report_;
  ModelTable& table_;
  std::vector<Read> reads_;
  std::set<std::string> made_from_;  // names of reads that the rows are made from
  bool part_ = false;
  bool anew_ = false;  // other columns, or too many small files: all files are exchanged
  std::shared_ptr<arrow::Schema> columns_;
};

}  // namespace foreset::pipeline
