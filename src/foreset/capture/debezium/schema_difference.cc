// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/schema_difference.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::debezium {
namespace {

// Neither sql_mode nor time zone of the session is told.
constexpr mysql::FormContext kUnknownSession{.pads_char = true};

bool SameType(const ColumnSchema& a, const ColumnSchema& b) {
  return a.type == b.type && a.is_unsigned == b.is_unsigned && a.length == b.length &&
         a.scale == b.scale && a.labels == b.labels;
}

std::vector<std::string> KeyOf(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  return names;
}

// Why existing rows cannot be known under a column that was added, if so. The difference of two
// tables does not tell its default.
std::optional<std::string> AddedProblem(const ColumnSchema& column) {
  if (column.nullable && !column.default_value && !column.generated) return std::nullopt;
  return fmt::format("column {} was added, and the record does not tell what existing rows get",
                     column.name);
}

}  // namespace

bool SameColumns(const TableSchema& a, const TableSchema& b) {
  return std::ranges::equal(a.columns, b.columns, [](const ColumnSchema& x, const ColumnSchema& y) {
    return x.name == y.name && SameType(x, y);
  });
}

std::set<std::string> LeftOut(const TableSchema& table, std::string_view image) {
  simdjson::dom::parser parser;
  simdjson::dom::object fields;
  if (parser.parse(image.data(), image.size()).get(fields) != simdjson::SUCCESS) return {};
  std::set<std::string> columns;
  for (const ColumnSchema& column : table.columns) columns.insert(column.name);
  for (const auto field : fields) {
    const auto found = table.FindColumn(field.key);
    if (!found) return {};
    columns.erase(table.columns[*found].name);
  }
  const auto is_left_out = [&](const std::string& name) { return columns.contains(name); };
  if (std::ranges::any_of(KeyOf(table), is_left_out)) return {};
  return columns;
}

TableSchema Without(const TableSchema& table, const std::set<std::string>& columns) {
  TableSchema rest = table;
  std::erase_if(rest.columns,
                [&](const ColumnSchema& column) { return columns.contains(column.name); });
  rest.key.clear();
  for (const std::string& name : KeyOf(table)) {
    if (const auto column = rest.FindColumn(name)) rest.key.push_back(*column);
  }
  return rest;
}

void SetAfter(SchemaChange& change, TableSchema schema) {
  if (!change.cannot_follow) change.cannot_follow = mysql::ReservedNameIn(schema);
  change.after = std::make_shared<const TableSchema>(std::move(schema));
}

SchemaChange DifferenceOf(const TableSchema& before, const TableSchema& described,
                          SchemaChange change) {
  TableSchema after = described;
  after.version = before.version.Next();
  const auto stop = [&](std::string reason) {
    if (!change.cannot_follow) change.cannot_follow = NotFollowed(std::move(reason));
  };
  for (const ColumnSchema& column : before.columns) {
    if (!after.FindColumn(column.name)) change.columns.emplace_back(ColumnDropped{column.name});
  }
  const std::size_t dropped = change.columns.size();
  for (ColumnSchema& column : after.columns) {
    const auto old = before.FindColumn(column.name);
    if (!old) {
      change.columns.emplace_back(ColumnAdded{column.name, std::nullopt});
      if (auto problem = AddedProblem(column)) stop(*std::move(problem));
      continue;
    }
    const ColumnSchema& was = before.columns[*old];
    if (column.collation.empty()) column.collation = was.collation;
    column.generated = was.generated;
    if (SameType(was, column)) continue;
    change.columns.emplace_back(ColumnRetyped{column.name});
    if (auto problem = mysql::RetypeProblem(was, column, kUnknownSession))
      stop(*std::move(problem));
  }
  const auto is_added = [](const ColumnChange& column) {
    return std::holds_alternative<ColumnAdded>(column);
  };
  if (dropped > 0 && std::ranges::any_of(change.columns, is_added)) {
    stop("columns are gone and others have come: renamed, or dropped and added, nothing says");
  }
  if (KeyOf(before) != KeyOf(after)) {
    stop("the table's key changed");
  } else {
    after.key_kind = before.key_kind;
  }
  SetAfter(change, std::move(after));
  return change;
}

}  // namespace foreset::debezium
