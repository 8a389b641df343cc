// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/schema_reader.h"

namespace foreset::mysql {

enum class CheckOutcome : std::uint8_t { kOk, kWarning, kFailed };

// One thing that capture needs (or that its user should know), as it was found on the server.
struct ServerCheck {
  std::string name;  // "binlog_format"
  CheckOutcome outcome = CheckOutcome::kOk;
  std::string found;
  std::string wanted;  // empty when there is nothing to want
  std::string fix;     // the SQL, or what else mends it; empty when it is as it should be
  ErrorCode code = ErrorCode::kInternal;  // of a failed check
  bool operator==(const ServerCheck&) const = default;
};

// The server's settings: version, binlog, row format, image and metadata, GTIDs, retention.
Result<std::vector<ServerCheck>> CheckSettings(Connection& connection);
// Whether somebody between here and the server could read the password.
ServerCheck CheckTls(const Connection& connection, TlsMode mode);
// The user's privileges, by SHOW GRANTS.
Result<std::vector<ServerCheck>> CheckPrivileges(Connection& connection);
// What is open on the server: prepared XA transactions.
Result<std::vector<ServerCheck>> CheckTransactions(Connection& connection);
// The captured tables: that there are some that match `wanted`, keys, types, column names, engines,
// cascades, and what is selected without being followed: system-versioned tables, sequences.
Result<std::vector<ServerCheck>> CheckTables(Connection& connection,
                                             const std::vector<DescribedTable>& tables,
                                             const TableFilter& filter,
                                             const std::vector<std::string>& wanted);

// The tables that cannot be copied: they have no state of one moment (kEngineUnsupported), or a
// column whose values cannot be read (kColumnTypeUnsupported) or whose name is the lake's own
// (kReservedColumnName).
std::map<TableId, Error> RefusalsOf(const std::vector<DescribedTable>& tables);
// Whether the failed check tells of tables of which RefusalsOf refuses each alone.
bool IsOfOneTable(ErrorCode code);

// The first failed check as an error with its code and fix.
Status FirstFailure(const std::vector<ServerCheck>& checks);

}  // namespace foreset::mysql
