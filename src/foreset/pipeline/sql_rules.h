// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "foreset/base/result.h"
#include "foreset/lake/row_rules.h"
#include "foreset/lake/rule_config.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// The configured rules of one source table, computed by DuckDB over whole batches, in an engine of
// their own. Expectations see the row as it was cleaned. NULL breaks none, as in SQL's CHECK. A row
// for which some expression cannot be computed is refused by that rule, whatever it says of others.
//
// Null when the table has no rules: then nothing is opened.
Result<std::unique_ptr<lake::RowRules>> OpenSqlRules(const lake::RuleConfig& config,
                                                     const TableId& table);

}  // namespace foreset::pipeline
