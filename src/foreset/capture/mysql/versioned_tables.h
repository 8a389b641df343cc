// SPDX-License-Identifier: MIT
#pragma once

#include <map>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/table_filter.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// MariaDB's system-versioned tables keep the rows of their past beside those that live, and the
// binlog has both kinds alike: they are not followed.

// Why the table stops.
Error VersionedTable(const TableId& table);
// Those that the filter selects, as the server has them now, each with why it stops. None on MySQL.
Result<std::map<TableId, Error>> VersionedTables(Connection& connection, const TableFilter& filter);

}  // namespace foreset::mysql
