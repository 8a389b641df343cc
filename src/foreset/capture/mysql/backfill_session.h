// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/schema_reader.h"
#include "foreset/capture/mysql/snapshot_reader.h"
#include "foreset/capture/mysql/table_filter.h"

namespace foreset::mysql {

// Connections whose transactions all see the source at one position.
struct CoincidingSnapshots {
  SnapshotOrigin origin;  // the position's epoch is not set
  std::vector<DescribedTable> tables;
  std::vector<Connection> connections;
};

// Opens `count` connections with coinciding snapshots, by the first way that the user's privileges
// allow:
//   1. FLUSH TABLES WITH READ LOCK for as long as it takes to open the transactions (RELOAD);
//   2. LOCK TABLES … READ on the captured tables, as long (LOCK TABLES);
//   3. MariaDB: transactions whose binlog_snapshot_position is the same;
//      MySQL: transactions between two equal readings of gtid_executed. Tried kAttempts times, then
//      with one connection; kTransient kSnapshotsDiffer when even that fails.
// With `all_read` no XA transaction is prepared at the position (CheckNothingPrepared): one whose
// rows the snapshots do not see, and whose XA COMMIT alone comes after them.
// A lock is waited for no longer than lock_wait_timeout, then the next way is tried.
Result<CoincidingSnapshots> OpenSnapshots(const MysqlOptions& options, const TableFilter& filter,
                                          std::size_t count, bool all_read);

// Where the server's binlog ends now, and what identifies the server. kBinlogDisabled when there
// is no binlog.
Result<SourcePosition> CurrentPosition(Connection& connection);

}  // namespace foreset::mysql
