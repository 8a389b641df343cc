// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/warehouse/model_file.h"

namespace foreset::sql {

// What became of one rule of a model.
struct CheckOutcome {
  std::string name;
  std::int64_t offenders = 0;
  std::string examples;  // the first few, as "Column=value, …; …"
  bool passed() const { return offenders == 0; }
};

// Runs all checks of the model over the tables that the engine shows. kInvalidInput
// (kModelNotUnderstood, kModelFailed) names a check that cannot be run.
Result<std::vector<CheckOutcome>> RunChecks(Engine& engine, const Model& model);

}  // namespace foreset::sql
