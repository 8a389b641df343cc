// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/versioned_tables.h"

#include <fmt/format.h>

#include "foreset/base/errors/source.h"

namespace foreset::mysql {

Error VersionedTable(const TableId& table) {
  return Error{ErrorKind::kUnsupported,
               source_error::kSystemVersioned,
               fmt::format("{} is system-versioned", table.ToString()),
               {}};
}

Result<std::map<TableId, Error>> VersionedTables(Connection& connection,
                                                 const TableFilter& filter) {
  std::map<TableId, Error> found;
  if (!connection.version().is_mariadb) return found;
  for (const SqlRow& row :
       TRY(connection.Query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES "
                            "WHERE TABLE_TYPE = 'SYSTEM VERSIONED'",
                            2))) {
    const TableId id{row[0].value_or(""), row[1].value_or("")};
    if (filter.Matches(id)) found.emplace(id, VersionedTable(id));
  }
  return found;
}

}  // namespace foreset::mysql
