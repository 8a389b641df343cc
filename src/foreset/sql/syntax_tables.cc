// SPDX-License-Identifier: MIT
#include "foreset/sql/syntax_tables.h"

#include <set>
#include <string>

#include <simdjson.h>

#include "foreset/base/ascii.h"
#include "foreset/sql/syntax_tree.h"

namespace foreset::sql {
namespace {

using simdjson::dom::element;

// Names that stand for common table expressions, in lower case.
using Hidden = std::set<std::string>;

void CollectTables(element node, Hidden hidden, std::set<QueryName>& tables) {
  if (TextOf(node, "type") == "BASE_TABLE") {
    const std::string schema(TextOf(node, "schema_name"));
    const std::string table(TextOf(node, "table_name"));
    if (!schema.empty()) {
      tables.insert({schema, table});
    } else if (!hidden.contains(AsciiLower(table))) {
      tables.insert({table});
    }
  }
  // A recursive expression reads itself; any other one means the table where it says its own name.
  if (TextOf(node, "type") == "RECURSIVE_CTE_NODE")
    hidden.insert(AsciiLower(TextOf(node, "cte_name")));
  const auto ctes = Member(node, "cte_map");
  const auto entries = ctes ? Items(*ctes, "map") : std::vector<element>();
  for (const element entry : entries) {
    CollectTables(entry, hidden, tables);
    hidden.insert(AsciiLower(TextOf(entry, "key")));
  }
  simdjson::dom::object members;
  if (node.get(members) != simdjson::SUCCESS) {
    for (const element item : Children(node)) CollectTables(item, hidden, tables);
    return;
  }
  for (const auto member : members) {
    if (member.key != "cte_map") CollectTables(member.value, hidden, tables);
  }
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
  CollectTables(root, {}, tables);
  return std::vector<QueryName>(tables.begin(), tables.end());
}

}  // namespace foreset::sql
