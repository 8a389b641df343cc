// SPDX-License-Identifier: MIT
#include "foreset/sql/syntax_tables.h"

#include <set>

#include <simdjson.h>

#include "foreset/sql/syntax_tree.h"

namespace foreset::sql {
namespace {

using simdjson::dom::element;

void Collect(element node, std::set<QueryName>& tables) {
  simdjson::dom::array items;
  if (node.get(items) == simdjson::SUCCESS) {
    for (const element item : items) Collect(item, tables);
  }
  simdjson::dom::object members;
  if (node.get(members) != simdjson::SUCCESS) return;
  if (TextOf(node, "type") == "BASE_TABLE") {
    const std::string schema(TextOf(node, "schema_name"));
    const std::string table(TextOf(node, "table_name"));
    tables.insert(schema.empty() ? QueryName{table} : QueryName{schema, table});
  }
  for (const auto member : members) Collect(member.value, tables);
}

}  // namespace

std::optional<std::vector<QueryName>> SyntaxTables(Engine& engine, const std::string& statement) {
  const auto tree = SyntaxTree(engine, statement);
  simdjson::dom::parser parser;
  element root;
  bool failed = true;
  if (!tree || parser.parse(*tree).get(root) != simdjson::SUCCESS ||
      root["error"].get(failed) != simdjson::SUCCESS || failed) {
    return std::nullopt;
  }
  std::set<QueryName> tables;
  Collect(root, tables);
  return std::vector<QueryName>(tables.begin(), tables.end());
}

}  // namespace foreset::sql
