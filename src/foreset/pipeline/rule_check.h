// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/lake/row_rules.h"
#include "foreset/lake/rule_config.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/engine.h"

namespace foreset::pipeline {

// What rules are computed over: a view of the engine with the table's columns.
inline constexpr char kImageView[] = "image";
// The engine's name of each column's type, by the column's name.
using ColumnTypes = std::map<std::string, std::string>;

// The types of the registered view.
Result<ColumnTypes> TypesOfImage(sql::Engine& engine);

// Whether the rules fit a table whose columns are registered as kImageView. kInvalidInput, by code:
// kRuleColumnUnknown (with the nearest name), kRuleCleansKey, kRuleNotPure, kRuleType,
// kRuleInvalid.
Status CheckRuleSet(sql::Engine& engine, const lake::RuleSet& rules, const TableSchema& schema);

// Whether the rules of all tables fit the tables of the source. kInvalidInput
// (rule_error::kRuleTableUnknown) when there is no such table; else as above.
Status CheckRules(const lake::RuleConfig& config, const std::vector<TableSchema>& tables);

}  // namespace foreset::pipeline
