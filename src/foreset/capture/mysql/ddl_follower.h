// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/schema_edit.h"
#include "foreset/capture/mysql/server_version.h"
#include "foreset/capture/mysql/table_filter.h"

namespace foreset::mysql {

// Moves the believed schemas on with each DDL statement of the binlog. Followed is what
// followed_forms.h lists: statements whose effect on stored rows is certain. Anything else stops
// the table with the reason. A rename ends the table of the old name (kDrop: whoever asks the
// source for that name finds nothing) and begins that of the new one, whose rows came with it
// (kReplace); so does a CREATE TABLE whose schema no text tells. Not thread-safe.
class DdlFollower final : public DdlHandler {
 public:
  // What the text of a statement does not tell.
  struct Server {
    ServerVersion version;
    bool sql_mode_is_known = true;     // else what only strict mode makes certain is not followed
    bool fold_names = false;           // lower_case_table_names is not 0
    bool lower_names = false;          // … and 1: new names are made lower case
    bool implicit_timestamps = false;  // explicit_defaults_for_timestamp is off, globally
    bool system_zone_is_utc = false;   // the time zone SYSTEM
    // The table just after the statement, with the defaults of `columns`; absent when it is not
    // there any more, or later statements may have changed it.
    std::function<Result<std::optional<TableAfter>>(const TableId&, const DdlStatement&,
                                                    const std::vector<std::string>& columns)>
        describe_after;
    // The table as it is now; absent when it is not there (any more). Where there is nobody to ask,
    // every name is taken for a table's.
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
  EditContext ContextOf(const DdlStatement& statement) const;

  const TableFilter filter_;
  const Server server_;
};

}  // namespace foreset::mysql
