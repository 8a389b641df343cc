// SPDX-License-Identifier: MIT
#include "foreset/lake/rule_config.h"

#include <algorithm>

namespace foreset::lake {

bool TableRules::IsOf(const TableId& id) const {
  return SameName(table, id.table) || SameName(table, id.ToString());
}

RuleSet RuleConfig::Of(const TableId& table) const {
  RuleSet all;
  for (const TableRules& own : tables) {
    if (!own.IsOf(table)) continue;
    all.rules.insert(all.rules.end(), own.rules.rules.begin(), own.rules.rules.end());
  }
  std::ranges::stable_partition(all.rules,
                                [](const Rule& rule) { return rule.kind == RuleKind::kClean; });
  return all;
}

}  // namespace foreset::lake
