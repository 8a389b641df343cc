// SPDX-License-Identifier: MIT
#include "foreset/pipeline/pipeline_options.h"

#include <algorithm>

namespace foreset::pipeline {
namespace {

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string TableFolder(const std::string& layout, const TableId& table) {
  std::string folder = layout;
  ReplaceAll(folder, "{database}", table.database);
  ReplaceAll(folder, "{table}", table.table);
  return folder;
}

std::string QuarantineFolder(const std::string& folder) { return "_quarantine/" + folder; }

bool IsRuleOf(const TableRules& rules, const TableId& table) {
  return SameName(rules.table, table.table) || SameName(rules.table, table.ToString());
}

lake::RuleSet RulesOf(const PipelineOptions& options, const TableId& table) {
  lake::RuleSet all;
  for (const TableRules& rules : options.rules) {
    if (!IsRuleOf(rules, table)) continue;
    all.rules.insert(all.rules.end(), rules.rules.rules.begin(), rules.rules.rules.end());
  }
  std::ranges::stable_partition(
      all.rules, [](const lake::Rule& rule) { return rule.kind == lake::RuleKind::kClean; });
  return all;
}

std::vector<lake::DimensionSpec> DimensionsOf(const PipelineOptions& options,
                                              const TableId& table) {
  std::vector<lake::DimensionSpec> specs;
  for (const DimensionTemplate& dimension : options.dimensions) {
    if (dimension.from.empty()) {
      const std::string folder = TableFolder(options.layout, table);
      specs.push_back({.current = folder + "_current", .history = folder + "_history"});
    } else if (SameName(dimension.from, table.table)) {
      specs.push_back(dimension.spec);
    }
  }
  return specs;
}

}  // namespace foreset::pipeline
