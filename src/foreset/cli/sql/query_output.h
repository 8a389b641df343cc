// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/sql/lake_session.h"

namespace foreset::cli {

struct QueryOutput {
  OutputFormat format = OutputFormat::kTable;
  bool expanded = false;              // a table with a line for each column
  std::optional<std::int64_t> limit;  // of rows written, 0: none; absent: a page's for a table
};

struct QueryRun {
  std::int64_t rows = 0;  // written
  bool complete = true;   // false: there were more
  bool has_rows = false;  // false for statements such as SET
};

// Runs one statement and writes its rows to standard output. The engine's stop ends it with
// kCancelled.
Result<QueryRun> RunQuery(sql::LakeSession& session, const std::string& statement,
                          const QueryOutput& output, Context& context);

// "silver.Orders@v7, gold.Orders_history@v3": what the last statement read.
std::string UsedVersions(const sql::LakeSession& session);

}  // namespace foreset::cli
