// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/table_filter.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// A table as the server describes it now.
struct DescribedTable {
  TableSchema schema;
  std::uint64_t estimated_rows = 0;
  std::string engine;
  bool versioned = false;  // MariaDB: WITH SYSTEM VERSIONING
  std::string statement;   // CREATE TABLE, as the server shows it; see ReadStatements
  // Columns that cannot be captured: "name: why".
  std::vector<std::string> unsupported;
};

// The base tables (no views, no sequences) that the filter selects, ordered by name, from
// information_schema. Their key is the primary key, else the unique key over NOT NULL columns with
// the fewest columns (the first by name among equals), else the whole row.
Result<std::vector<DescribedTable>> ReadTables(Connection& connection, const TableFilter& filter);

// Fills in the statements of these tables.
Status ReadStatements(Connection& connection, std::vector<DescribedTable>& tables);

// What information_schema's COLUMN_DEFAULT says, as the client would show the value; absent when
// there is none or it is no constant. MariaDB writes SQL there, MySQL the bare value.
std::optional<std::string> ConstantDefault(const std::optional<std::string>& text,
                                           std::string_view extra, bool is_mariadb);

}  // namespace foreset::mysql
