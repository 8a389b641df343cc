// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/schema_edit.h"
#include "foreset/capture/mysql/server_version.h"
#include "foreset/capture/mysql/table_filter.h"

namespace foreset::mysql {

// Moves the believed schemas on with each DDL statement of the binlog. Followed: CREATE TABLE,
// ADD, DROP, RENAME, MODIFY and CHANGE COLUMN where the values of existing rows are known after
// it, DROP TABLE, TRUNCATE. A rename ends the table of the old name (kDrop: whoever asks the source
// for that name finds nothing) and begins that of the new one, whose rows came with it (kReplace);
// so does a CREATE TABLE that is not understood. Another key, an incompatible type and what removes
// rows without row events stop the table with the reason. Not thread-safe.
class DdlFollower final : public DdlHandler {
 public:
  // What the text of a statement does not tell.
  struct Server {
    ServerVersion version;
    bool implicit_timestamps = false;  // explicit_defaults_for_timestamp is off
    // The table as it is now; absent when it is not there (any more).
    std::function<Result<std::optional<TableSchema>>(const TableId&)> describe;
    // The table is system-versioned now (MariaDB).
    std::function<Result<bool>(const TableId&)> is_versioned;
    // Where the binlog ends now.
    std::function<Result<SourcePosition>()> now;
    decltype(EditContext::offset_of_zone) offset_of_zone;
  };

  DdlFollower(TableFilter filter, Server server)
      : filter_(std::move(filter)), server_(std::move(server)) {}

  Result<std::vector<DdlEffect>> Apply(const DdlStatement& statement,
                                       const SchemaRegistry& schemas) override;
  Result<std::optional<SourcePosition>> AbsentAt(const TableId& table) override;

 private:
  struct Step;

  const TableFilter filter_;
  const Server server_;
};

}  // namespace foreset::mysql
