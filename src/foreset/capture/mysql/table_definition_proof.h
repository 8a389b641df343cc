// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/schema_edit.h"

namespace foreset::mysql {

// Reads a table and the defaults of `columns` from the server, and proves that this is how the
// statement left the table: the definition is read first, then the server's binlog from the
// statement to its end, which names the table in no other statement. Whatever changed the
// definition before it was read is in the binlog by then, since the server logs a statement before
// its effect can be seen.
//
// Absent when the table is not there, a later statement names it, the binlog there does not begin
// with the statement (another server answers), more than kMaxProofEvents follow, or the server
// refuses to show them. kTransient when the server could not be asked.
constexpr int kMaxProofEvents = 10'000;
Result<std::optional<TableAfter>> DescribeAfter(Connection& connection, const TableId& table,
                                                const DdlStatement& statement,
                                                const std::vector<std::string>& columns);

// Whether a statement, as SHOW BINLOG EVENTS prints it, may concern a table of that name.
bool MayName(std::string_view printed, std::string_view table);

}  // namespace foreset::mysql
