// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// What the meaning of a statement depends on besides its text.
struct EditContext {
  bool is_mariadb = false;
  bool strict = true;            // sql_mode refuses values that do not fit
  std::string database_charset;  // default of the table's database; empty when unknown
  Timestamp started_at;          // of the statement: CURRENT_TIMESTAMP
  std::string time_zone;         // of the session, as it says; empty when unknown
  // TIMESTAMP alone means NOT NULL and a default (explicit_defaults_for_timestamp off).
  bool implicit_timestamps = false;
  // Asks for the offset of UTC in a named zone at that time, in seconds; may be empty.
  std::function<std::optional<std::int64_t>(const std::string& zone, Timestamp at)> offset_of_zone;
};

// The table after a statement, and what that means to rows that are already there.
struct SchemaEdit {
  TableSchema after;
  std::vector<ColumnChange> columns;
  std::optional<TableId> renamed_to;
  // The first reason why the change cannot be followed.
  std::optional<std::string> cannot_follow;
};

// The schema that CREATE TABLE with a column list makes. Keys: as ReadTables() chooses them. A
// character set that neither statement nor context tells is left empty: the binlog's table maps
// tell it.
TableSchema BuildSchema(const CreateTable& create, const EditContext& context);

// Applies the clauses in order. A column that is not where the clause wants it to be is a reason
// not to follow. The version rises by one when the columns changed.
SchemaEdit EditSchema(const TableSchema& before, const AlterTable& alter,
                      const EditContext& context);

// Why values of a column cannot be taken over when its type changes, if they cannot: they would
// have to be recomputed, or may have been changed by the server.
std::optional<std::string> RetypeProblem(const ColumnSchema& before, const ColumnSchema& after,
                                         bool strict);

// What existing rows get for an added column.
struct AddedValue {
  std::optional<std::string> value;          // absent: NULL
  std::optional<std::string> cannot_follow;  // it differs from row to row, or is not known
};
AddedValue ValueOfAddedColumn(const ColumnDefinition& column, const EditContext& context);

}  // namespace foreset::mysql
