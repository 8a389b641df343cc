// SPDX-License-Identifier: MIT
#include "foreset/sql/syntax_tree.h"

#include <arrow/scalar.h>
#include <arrow/table.h>

namespace foreset::sql {

using simdjson::dom::element;

Result<std::string> SyntaxTree(Engine& engine, std::string_view statement) {
  const auto table =
      TRY(engine.Fetch("SELECT CAST(json_serialize_sql(" + Literal(statement) + ") AS VARCHAR)"));
  return table->column(0)->GetScalar(0).ValueOrDie()->ToString();
}

std::string_view TextOf(simdjson::dom::element node, const char* member) {
  std::string_view text;
  return node[member].get(text) == simdjson::SUCCESS ? text : "";
}

std::optional<element> Member(element node, const char* name) {
  element value;
  if (node[name].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

std::vector<element> Items(element node, const char* name) {
  simdjson::dom::array items;
  if (node[name].get(items) != simdjson::SUCCESS) return {};
  return {items.begin(), items.end()};
}

std::vector<element> Children(element node) {
  std::vector<element> children;
  simdjson::dom::array items;
  if (node.get(items) == simdjson::SUCCESS) children.assign(items.begin(), items.end());
  simdjson::dom::object members;
  if (node.get(members) == simdjson::SUCCESS) {
    for (const auto member : members) children.push_back(member.value);
  }
  return children;
}

}  // namespace foreset::sql
