// SPDX-License-Identifier: MIT
#include "foreset/sql/row_expression.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/query.h"
#include "foreset/sql/syntax_tree.h"

namespace foreset::sql {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::unexpected<Error> Invalid(std::string_view expression, std::string_view why) {
  return Err(ErrorKind::kInvalidInput, query_error::kQueryInvalid,
             fmt::format("'{}' is not an expression: {}", expression, why));
}

std::size_t CountOf(const element& node, const char* key) {
  array values;
  return node[key].get(values) == simdjson::SUCCESS ? values.size() : 0;
}

std::string JoinedName(const element& column) {
  std::string name;
  array parts;
  if (column["column_names"].get(parts) != simdjson::SUCCESS) return name;
  for (const element part : parts) {
    std::string_view text;
    if (part.get(text) == simdjson::SUCCESS) name += (name.empty() ? "" : ".") + std::string(text);
  }
  return name;
}

// What needs other rows, or values that are none of the row's.
std::string_view ForeignName(std::string_view kind) {
  if (kind == "SUBQUERY") return "a subquery";
  if (kind == "WINDOW") return "a window function";
  if (kind == "STAR") return "all columns (*)";
  if (kind == "POSITIONAL_REFERENCE") return "a column by its number (#)";
  if (kind == "PARAMETER") return "a parameter";
  if (kind == "DEFAULT") return "DEFAULT";
  return {};
}

// Walks DuckDB's serialised expression tree, whatever the classes of its nodes.
class Walker {
 public:
  explicit Walker(RowExpression& out) : out_(out) {}

  void Visit(const element& node) {
    array items;
    object members;
    if (node.get(items) == simdjson::SUCCESS) {
      for (const element item : items) Visit(item);
    } else if (node.get(members) == simdjson::SUCCESS) {
      VisitNode(node, members);
    }
  }

 private:
  void VisitNode(const element& node, const object& members) {
    const std::string_view kind = TextOf(node, "class");
    if (const auto foreign = ForeignName(kind); !foreign.empty()) {
      out_.foreign.emplace_back(foreign);
      return;
    }
    if (kind == "COLUMN_REF") return AddColumn(JoinedName(node));
    if (kind == "FUNCTION") {
      out_.calls.push_back({std::string(TextOf(node, "function_name")), CountOf(node, "children")});
    }
    const std::size_t outer = parameters_.size();
    if (kind == "LAMBDA") AddParameters(node);
    for (const auto& [key, value] : members) {
      if (kind != "LAMBDA" || key != "lhs") Visit(value);
    }
    parameters_.resize(outer);
  }
  void AddParameters(const element& lambda) {
    RowExpression named;
    element lhs;
    if (lambda["lhs"].get(lhs) != simdjson::SUCCESS) return;
    Walker(named).Visit(lhs);
    parameters_.insert(parameters_.end(), named.columns.begin(), named.columns.end());
  }
  void AddColumn(std::string name) {
    if (std::ranges::find(parameters_, name) == parameters_.end()) {
      out_.columns.push_back(std::move(name));
    }
  }

  RowExpression& out_;
  std::vector<std::string> parameters_;  // of the lambdas around
};

// One SELECT of one expression and nothing else, or what is wrong with it.
Result<element> OnlyExpression(const std::string& expression, const element& root) {
  bool failed = true;
  if (root["error"].get(failed) != simdjson::SUCCESS || failed) {
    return Invalid(expression, TextOf(root, "error_message"));
  }
  const auto node = root["statements"].at(0)["node"];
  array selected;
  if (node["select_list"].get(selected) != simdjson::SUCCESS || selected.size() != 1 ||
      CountOf(root, "statements") != 1) {
    return Invalid(expression, "it is more than one");
  }
  element from;
  element where;
  const bool bare = node["from_table"].get(from) == simdjson::SUCCESS &&
                    TextOf(from, "type") == "EMPTY" &&
                    node["where_clause"].get(where) == simdjson::SUCCESS && where.is_null();
  if (!bare) return Invalid(expression, "it is more than one");
  return selected.at(0).value();
}

// The expression is on lines of its own, so that a comment in it ends where it ends.
constexpr std::string_view kBefore = "SELECT (\n";

Result<std::string> TreeOf(Engine& engine, const std::string& expression) {
  return SyntaxTree(engine, fmt::format("{}{}\n)", kBefore, expression));
}

}  // namespace

Result<RowExpression> ParseRowExpression(Engine& engine, const std::string& expression) {
  const std::string json = TRY(TreeOf(engine, expression));
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return Invalid(expression, "unreadable");
  const element node = TRY(OnlyExpression(expression, root));
  RowExpression parsed;
  Walker(parsed).Visit(node);
  bool is_null = false;
  parsed.is_null = node["value"]["is_null"].get(is_null) == simdjson::SUCCESS && is_null;
  return parsed;
}

std::optional<std::size_t> PlaceOfMistake(Engine& engine, const std::string& expression) {
  const auto json = TreeOf(engine, expression);
  simdjson::dom::parser parser;
  element root;
  if (!json || parser.parse(*json).get(root) != simdjson::SUCCESS) return std::nullopt;
  const std::string_view digits = TextOf(root, "position");
  std::size_t place = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place);
  if (error != std::errc() || place < kBefore.size()) return std::nullopt;
  return place - kBefore.size();
}

}  // namespace foreset::sql
