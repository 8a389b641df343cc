// SPDX-License-Identifier: MIT
#include "foreset/pipeline/rule_query.h"

#include <vector>

#include <fmt/format.h>

#include "foreset/model/table_schema.h"
#include "foreset/sql/engine.h"

namespace foreset::pipeline {
namespace {

using lake::Rule;
using lake::RuleKind;

// The column of the image, as the source spells it.
const ColumnTypes::value_type& ColumnOf(const ColumnTypes& types, const Rule& rule) {
  for (const auto& column : types) {
    if (SameName(column.first, rule.column)) return column;
  }
  return *types.begin();
}

// No column of a source can be called so.
std::string ResultOf(std::size_t rule) { return sql::Quoted(fmt::format("rule {}\n", rule)); }

// On lines of its own, so that a comment in it ends where it ends.
std::string ValueOf(const Rule& rule, const ColumnTypes& types) {
  const std::string type =
      rule.kind == RuleKind::kClean ? ColumnOf(types, rule).second : std::string("BOOLEAN");
  return fmt::format("CAST((\n{}\n) AS {})", rule.expression, type);
}

// TRY is NULL where the expression fails; in a struct, NULL values are told from that.
std::string Tried(const Rule& rule, const ColumnTypes& types, std::size_t index) {
  return fmt::format("TRY({{'v': {}}}) AS {}", ValueOf(rule, types), ResultOf(index));
}

std::string Columns(const std::vector<std::string>& columns) {
  return fmt::format("{}", fmt::join(columns, ", "));
}

// The rows with the results of the cleaning rules, and with what these say in their columns. All
// cleaning rules see the row as it came.
std::string CleanedRows(const lake::RuleSet& rules, const ColumnTypes& types) {
  std::vector<std::string> results{"*"};
  std::vector<std::string> replaced;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    const Rule& rule = rules.rules[i];
    if (rule.kind != RuleKind::kClean) continue;
    results.push_back(Tried(rule, types, i));
    replaced.push_back(fmt::format("struct_extract({}, 'v') AS {}", ResultOf(i),
                                   sql::Quoted(ColumnOf(types, rule).first)));
  }
  if (replaced.empty()) return fmt::format("(FROM {})", kImageView);
  return fmt::format("(SELECT * REPLACE ({}) FROM (SELECT {} FROM {}))", Columns(replaced),
                     Columns(results), kImageView);
}

}  // namespace

std::string RulesQuery(const lake::RuleSet& rules, const ColumnTypes& types) {
  std::vector<std::string> results{"*"};
  std::vector<std::string> told;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    if (rules.rules[i].kind != RuleKind::kClean) {
      results.push_back(Tried(rules.rules[i], types, i));
    }
    told.push_back(fmt::format("{} IS NULL AS f{}", ResultOf(i), i));
    told.push_back(fmt::format("struct_extract({}, 'v') AS v{}", ResultOf(i), i));
  }
  return fmt::format("SELECT {} FROM (SELECT {} FROM {})", Columns(told), Columns(results),
                     CleanedRows(rules, types));
}

std::string OneRuleQuery(const lake::RuleSet& rules, const ColumnTypes& types, std::size_t rule) {
  const Rule& one = rules.rules[rule];
  const std::string from =
      one.kind == RuleKind::kClean ? std::string(kImageView) : CleanedRows(rules, types);
  return fmt::format("SELECT {} FROM {}", ValueOf(one, types), from);
}

}  // namespace foreset::pipeline
