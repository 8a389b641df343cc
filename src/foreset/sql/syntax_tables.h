// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/sql/engine.h"

namespace foreset::sql {

// The tables of a SELECT by its syntax tree; names that stand for common table expressions where
// they stand are none. Nothing when it is no SELECT, or wrong.
std::optional<std::vector<QueryName>> SyntaxTables(Engine& engine, const std::string& statement);

}  // namespace foreset::sql
