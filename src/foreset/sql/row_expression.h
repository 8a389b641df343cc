// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::sql {

// A call in an expression.
struct RowCall {
  std::string function;
  std::size_t arguments = 0;
  bool operator==(const RowCall&) const = default;
};

// What the text of an expression is made of, before anybody looks at a table.
struct RowExpression {
  std::vector<std::string> columns;  // "Email"; of "a.b" both, joined
  std::vector<RowCall> calls;        // operators too: "+"
  std::vector<std::string> foreign;  // what takes more than one row: "a subquery", "a window"
  bool is_null = false;              // the literal NULL
};

// Reads one SQL expression by DuckDB's own parser. kInvalidInput (kQueryInvalid) with its words
// when it is none, or more than one.
Result<RowExpression> ParseRowExpression(Engine& engine, const std::string& expression);

// Where DuckDB's parser gives up, counted in characters from 0; nothing when it does not, or does
// not say where.
std::optional<std::size_t> PlaceOfMistake(Engine& engine, const std::string& expression);

}  // namespace foreset::sql
