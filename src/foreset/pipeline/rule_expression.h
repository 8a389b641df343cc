// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::pipeline {

// A call in an expression.
struct RuleCall {
  std::string function;
  std::size_t arguments = 0;
  bool operator==(const RuleCall&) const = default;
};

// What the text of an expression is made of, before anybody looks at a table.
struct RuleExpression {
  std::vector<std::string> columns;  // "Email"; of "a.b" both, joined
  std::vector<RuleCall> calls;       // operators too: "+"
  std::vector<std::string> foreign;  // what takes more than one row: "a subquery", "a window"
  bool is_null = false;              // the literal NULL
};

// Reads one SQL expression by DuckDB's own parser. kInvalidInput (rule_error::kRuleInvalid) with
// its words when it is none, or more than one.
Result<RuleExpression> ParseRuleExpression(sql::Engine& engine, const std::string& expression);

}  // namespace foreset::pipeline
