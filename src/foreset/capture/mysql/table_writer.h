// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/mysql_options.h"

namespace foreset::mysql {

// What a table of the target has.
struct TargetColumns {
  std::vector<std::string> names;  // in its order; none: there is no table
  std::vector<std::string> key;    // of the primary key
};

// Writes rows to the tables of one database, in a session that is strict about values: what does
// not fit fails. Rows are text, as MySQL reads it. Not thread-safe; failures as Connection's.
class TableWriter {
 public:
  static Result<TableWriter> Open(const MysqlOptions& options, std::string_view database);

  Result<TargetColumns> ColumnsOf(std::string_view table);
  Status Execute(std::string_view sql) { return connection_.Execute(sql); }
  Result<std::vector<SqlRow>> Query(std::string_view sql, std::size_t columns) {
    return connection_.Query(sql, columns);
  }
  std::string Quote(std::string_view text) const { return connection_.Quote(text); }

  // Inserts rows, or updates those that have the primary key already. Sent in statements of a
  // bounded size; call Send after the last.
  Status Put(std::string_view table, const std::vector<std::string>& columns, const SqlRow& row);
  // Deletes the row with that key. As Put.
  Status Delete(std::string_view table, const std::vector<std::string>& key, const SqlRow& row);
  Status Send();

 private:
  explicit TableWriter(Connection connection) : connection_(std::move(connection)) {}
  Status Append(std::string head, std::string tail, const SqlRow& row);

  Connection connection_;
  // The statement that is being collected.
  std::string head_;
  std::string tail_;
  std::string rows_;
};

}  // namespace foreset::mysql
