// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "foreset/lake/row_rules.h"
#include "foreset/pipeline/rule_check.h"

// The statements that compute rules over kImageView.
namespace foreset::pipeline {

// One row for each row, in order; two columns for each rule, in the rules' order: whether the
// expression failed for the row, and its value (of a cleaning rule in the column's type, of an
// expectation BOOLEAN; NULL where it failed).
std::string RulesQuery(const lake::RuleSet& rules, const ColumnTypes& types);

// The value of one rule alone, as an error where it cannot be computed.
std::string OneRuleQuery(const lake::RuleSet& rules, const ColumnTypes& types, std::size_t rule);

}  // namespace foreset::pipeline
