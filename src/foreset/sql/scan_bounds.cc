// SPDX-License-Identifier: MIT
#include "foreset/sql/scan_bounds.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/ascii.h"
#include "foreset/sql/syntax_tree.h"

namespace foreset::sql {
namespace {

using simdjson::dom::element;

constexpr std::string_view kFunction = "FORESET_RELATION_";

// How DuckDB would run a statement, as JSON.
std::optional<std::string> PlanOf(Engine& engine, const std::string& statement) {
  constexpr int kPlanColumn = 1;
  const auto table = engine.Fetch("EXPLAIN (FORMAT JSON) " + statement);
  if (!table || (*table)->num_rows() == 0) return std::nullopt;
  const auto value = (*table)->column(kPlanColumn)->GetScalar((*table)->num_rows() - 1);
  if (!value.ok() || !(*value)->is_valid) return std::nullopt;
  return (*value)->ToString();
}

// "=" for COMPARE_EQUAL and so on; empty for what bounds nothing.
std::string_view SignOf(std::string_view type, bool mirrored) {
  if (type == "COMPARE_EQUAL") return "=";
  if (type == "COMPARE_LESSTHAN") return mirrored ? ">" : "<";
  if (type == "COMPARE_LESSTHANOREQUALTO") return mirrored ? ">=" : "<=";
  if (type == "COMPARE_GREATERTHAN") return mirrored ? "<" : ">";
  if (type == "COMPARE_GREATERTHANOREQUALTO") return mirrored ? "<=" : ">=";
  return "";
}

std::optional<std::string> ColumnOf(element node) {
  simdjson::dom::array names;
  if (TextOf(node, "class") != "COLUMN_REF") return std::nullopt;
  std::string_view last;
  if (node["column_names"].get(names) != simdjson::SUCCESS || names.size() == 0 ||
      names.at(names.size() - 1).get(last) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(last);
}

// A constant, perhaps with a cast around it, as text. Decimals are left out: their value stands
// there without its point.
std::optional<std::string> LiteralOf(element node) {
  if (TextOf(node, "class") == "CAST") {
    element child;
    if (node["child"].get(child) != simdjson::SUCCESS) return std::nullopt;
    return LiteralOf(child);
  }
  element value;
  element kind;
  if (TextOf(node, "class") != "CONSTANT" || node["value"].get(value) != simdjson::SUCCESS ||
      value["type"].get(kind) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  bool null = true;
  if (value["is_null"].get(null) != simdjson::SUCCESS || null) return std::nullopt;
  const std::string_view type = TextOf(kind, "id");
  std::int64_t number = 0;
  if (type == "VARCHAR") return std::string(TextOf(value, "value"));
  if (type != "INTEGER" && type != "BIGINT") return std::nullopt;
  if (value["value"].get(number) != simdjson::SUCCESS) return std::nullopt;
  return std::to_string(number);
}

void Add(element column, std::string_view sign, element constant,
         std::vector<ColumnBound>& bounds) {
  auto name = ColumnOf(column);
  auto literal = LiteralOf(constant);
  if (!name || !literal || sign.empty()) return;
  bounds.push_back({*std::move(name), std::string(sign), *std::move(literal)});
}

// Every part of a conjunction holds by itself; of anything else nothing is said.
void CollectBounds(element node, std::vector<ColumnBound>& bounds) {
  const std::string_view type = TextOf(node, "type");
  simdjson::dom::array children;
  if (type == "CONJUNCTION_AND" && node["children"].get(children) == simdjson::SUCCESS) {
    for (const element child : children) CollectBounds(child, bounds);
    return;
  }
  element left;
  element right;
  if (TextOf(node, "class") == "COMPARISON" && node["left"].get(left) == simdjson::SUCCESS &&
      node["right"].get(right) == simdjson::SUCCESS) {
    Add(left, SignOf(type, false), right, bounds);
    Add(right, SignOf(type, true), left, bounds);
  }
  element input;
  if (type == "COMPARE_BETWEEN" && node["input"].get(input) == simdjson::SUCCESS &&
      node["lower"].get(left) == simdjson::SUCCESS &&
      node["upper"].get(right) == simdjson::SUCCESS) {
    Add(input, ">=", left, bounds);
    Add(input, "<=", right, bounds);
  }
}

// The plan shows conditions as text, which DuckDB's own parser reads back.
std::vector<ColumnBound> BoundsOf(Engine& engine, std::string_view expression) {
  const auto tree = SyntaxTree(engine, fmt::format("SELECT {}", expression));
  std::vector<ColumnBound> bounds;
  simdjson::dom::parser parser;
  element root;
  element condition;
  if (!tree || parser.parse(*tree).get(root) != simdjson::SUCCESS) return bounds;
  if (root.at_pointer("/statements/0/node/select_list/0").get(condition) == simdjson::SUCCESS) {
    CollectBounds(condition, bounds);
  }
  return bounds;
}

struct Scans {
  Engine& engine;
  std::map<std::string, std::vector<ColumnBound>> bounds;
  std::map<std::string, int> uses;

  // `filter` is the condition of the operator right above; empty where that is none.
  void Visit(element node, std::string_view filter) {
    const std::string_view name = TextOf(node, "name");
    if (name.starts_with(kFunction)) {
      const std::string function = AsciiLower(name);
      ++uses[function];
      if (!filter.empty()) bounds[function] = BoundsOf(engine, filter);
    }
    simdjson::dom::array children;
    if (node["children"].get(children) != simdjson::SUCCESS) return;
    element details;
    std::string_view condition;
    if (name == "FILTER" && node["extra_info"].get(details) == simdjson::SUCCESS) {
      condition = TextOf(details, "Expression");
    }
    for (const element child : children) Visit(child, condition);
  }
};

}  // namespace

std::map<std::string, std::vector<ColumnBound>> ScanBounds(Engine& engine,
                                                           const std::string& statement) {
  Scans scans{engine, {}, {}};
  const auto plan = PlanOf(engine, statement);
  simdjson::dom::parser parser;
  simdjson::dom::array roots;
  if (!plan || parser.parse(*plan).get(roots) != simdjson::SUCCESS) return {};
  for (const element root : roots) scans.Visit(root, {});
  for (const auto& [function, uses] : scans.uses) {
    if (uses > 1) scans.bounds.erase(function);
  }
  return std::move(scans.bounds);
}

}  // namespace foreset::sql
