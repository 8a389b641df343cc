// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>

#include "foreset/sql/engine.h"

namespace foreset::sql {

// The functions of DuckDB whose value follows from their arguments, at any time; in lower case. A
// name that also is an aggregate's is among the aggregates.
struct StableFunctions {
  std::set<std::string> scalars;
  std::set<std::string> aggregates;

  // Nothing when DuckDB does not say.
  static std::optional<StableFunctions> Ask(Engine& engine);
};

}  // namespace foreset::sql
