// SPDX-License-Identifier: MIT
#include "foreset/sql/syntax_tables.h"

#include <set>
#include <string_view>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <simdjson.h>

namespace foreset::sql {
namespace {

using simdjson::dom::element;

std::string Member(element node, const char* key) {
  std::string_view text;
  return node[key].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

void Collect(element node, std::set<QueryName>& tables) {
  simdjson::dom::array items;
  if (node.get(items) == simdjson::SUCCESS) {
    for (const element item : items) Collect(item, tables);
  }
  simdjson::dom::object members;
  if (node.get(members) != simdjson::SUCCESS) return;
  if (Member(node, "type") == "BASE_TABLE") {
    const std::string schema = Member(node, "schema_name");
    const std::string table = Member(node, "table_name");
    tables.insert(schema.empty() ? QueryName{table} : QueryName{schema, table});
  }
  for (const auto member : members) Collect(member.value, tables);
}

}  // namespace

std::optional<std::vector<QueryName>> SyntaxTables(Engine& engine, const std::string& statement) {
  std::string quoted;
  for (const char c : statement) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  const auto fetched =
      engine.Fetch(fmt::format("SELECT CAST(json_serialize_sql('{}') AS VARCHAR)", quoted));
  if (!fetched) return std::nullopt;
  const auto text = (*fetched)->column(0)->GetScalar(0);
  simdjson::dom::parser parser;
  element root;
  bool failed = true;
  if (!text.ok() || parser.parse((*text)->ToString()).get(root) != simdjson::SUCCESS ||
      root["error"].get(failed) != simdjson::SUCCESS || failed) {
    return std::nullopt;
  }
  std::set<QueryName> tables;
  Collect(root, tables);
  return std::vector<QueryName>(tables.begin(), tables.end());
}

}  // namespace foreset::sql
