// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/work_board.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/warehouse/mysql_target.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/warehouse/model_checks.h"
#include "foreset/sql/warehouse/model_file.h"

namespace foreset::pipeline {

struct WarehouseOptions {
  std::vector<sql::Model> models;
  std::string folder;               // of the tables, below gold
  std::vector<std::string> select;  // as ModelGraph::Select; empty: all
  bool full = false;                // compute all rows, whatever changed
  bool dry_run = false;             // say what would be done
  sql::EngineOptions engine;
  std::optional<TargetOptions> target;
  WorkBoard* board = nullptr;  // which model is loaded; null: nobody asks
};

enum class LoadState : std::uint8_t { kPlanned, kUnchanged, kLoaded, kFailed, kSkipped };
std::string_view NameOf(LoadState state);

// What became of one model.
struct ModelReport {
  std::string model;
  LoadState state = LoadState::kPlanned;
  std::string mode;       // "whole", "incremental", "none"
  std::string because;    // why whole, or why skipped
  std::int64_t rows = 0;  // of the table now
  std::int64_t come = 0;  // rows written; a changed row comes and goes
  std::int64_t gone = 0;
  std::int64_t affected = 0;  // values of the grain, when incremental
  std::int64_t version = -1;  // of the table now
  double seconds = 0;
  std::map<std::string, std::int64_t> reads;  // versions, by "layer.Table" or model
  std::vector<sql::CheckOutcome> checks;
  std::optional<Error> error;
};

struct WarehouseReport {
  std::string position;             // JSON; the position of the source that all models were read at
  std::string epoch_time;           // when bronze was complete up to it
  std::vector<ModelReport> models;  // in the order of loading
  std::vector<TargetTableReport> target;
  std::optional<Error> target_error;
  double seconds = 0;
  // The first failure, if any.
  const Error* failure() const;
};

// Fills the tables of the selected models below gold: parents first, all from the lake's tables at
// one epoch. Each table is one Delta commit, made after its checks have passed over what it makes;
// else it stays as it was, and models that read it are skipped. A model whose text and reads are
// what they were at its last load is left alone. Then the target, when there is one, gets what the
// tables hold, if no model failed.
//
// A failure of one model is in its report; what keeps all from being loaded is returned before
// anything is written: models that are not understood (kModelNotUnderstood), tables that are not
// there, no common epoch, a target that does not fit. A killed load is completed by the next one.
// `tell` hears of each model when it is done. Starts no thread; DuckDB has its own.
Result<WarehouseReport> LoadWarehouse(const lake::Lake& lake, const WarehouseOptions& options,
                                      const std::function<void(const ModelReport&)>& tell,
                                      const std::stop_token& stop);

}  // namespace foreset::pipeline
