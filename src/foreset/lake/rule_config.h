// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foreset/lake/row_rules.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// The rules of one source table, as configured.
struct TableRules {
  std::string table;  // "Table" or "database.Table"
  RuleSet rules;

  bool IsOf(const TableId& id) const;
};

// All rules that silver's tables have.
struct RuleConfig {
  std::vector<TableRules> tables;
  std::size_t memory_bytes = 128UL << 20U;  // per table that has rules

  // Those of one source table, cleaning first; empty: none.
  RuleSet Of(const TableId& table) const;
};

}  // namespace foreset::lake
