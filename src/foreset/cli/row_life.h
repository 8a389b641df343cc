// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/lake/layer.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {

// The rows of one lake table that concern one key, by `_seq` where the table has it.
struct RowTrace {
  lake::Layer layer = lake::Layer::kBronze;
  std::string table;                                      // "bronze/Customers"
  std::vector<std::shared_ptr<arrow::RecordBatch>> rows;  // one row each
};

// Where the row of one key has left its traces: bronze first, then silver, then each gold
// dimension's history and current table.
struct RowLife {
  TableSchema schema;
  std::vector<std::string> key_columns;
  std::vector<RowTrace> traces;
};

// `table`: the source table's folder in bronze and silver, with or without a layer before it.
// `key`: the values of the key columns, in key order. kInvalidInput when their number is wrong,
// the table has no key (kUsage), or a value does not fit its column (kFilterInvalid).
Result<RowLife> ReadRowLife(const Configuration& configuration, const std::string& table,
                            const std::vector<std::string>& key, const Context& context);

}  // namespace foreset::cli
