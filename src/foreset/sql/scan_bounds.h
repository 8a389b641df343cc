// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::sql {

// Something that every row which a scan is asked for fulfils: `column` `comparison` 'literal'.
struct ColumnBound {
  std::string column;
  std::string comparison;  // = < <= > >=
  std::string literal;     // of the column's type, as text, not quoted
  bool operator==(const ColumnBound&) const = default;
};

// What a query asks of the relations that it reads, by their functions (Engine::FunctionOf): taken
// from DuckDB's own optimised plan, so that conditions on joins, views and common table expressions
// count, too. Only what is understood for sure; a function that is read twice has no bounds.
// Nothing for a statement that has no plan.
std::map<std::string, std::vector<ColumnBound>> ScanBounds(Engine& engine,
                                                           const std::string& statement);

}  // namespace foreset::sql
