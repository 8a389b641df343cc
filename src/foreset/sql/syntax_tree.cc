// SPDX-License-Identifier: MIT
#include "foreset/sql/syntax_tree.h"

#include <arrow/scalar.h>
#include <arrow/table.h>

namespace foreset::sql {

Result<std::string> SyntaxTree(Engine& engine, std::string_view statement) {
  const auto table =
      TRY(engine.Fetch("SELECT CAST(json_serialize_sql(" + Literal(statement) + ") AS VARCHAR)"));
  return table->column(0)->GetScalar(0).ValueOrDie()->ToString();
}

std::string_view TextOf(simdjson::dom::element node, const char* member) {
  std::string_view text;
  return node[member].get(text) == simdjson::SUCCESS ? text : "";
}

}  // namespace foreset::sql
