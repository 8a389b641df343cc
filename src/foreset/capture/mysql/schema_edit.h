// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/followed_forms.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// A table as the server had it just after a statement: read from it while no later statement on the
// table was in its binlog.
struct TableAfter {
  TableSchema schema;
  // It had no rows when the statement began: what existing rows get does not matter.
  bool was_empty = false;
  // What the client shows for DEFAULT(column); an absent value is NULL. Columns whose default is
  // computed for each row are not here.
  std::map<std::string, std::optional<std::string>> defaults;
};

// What the meaning of a statement depends on besides its text.
struct EditContext {
  FormContext form;
  std::string database_charset;  // default of the table's database; empty when unknown
  Timestamp started_at;          // of the statement: CURRENT_TIMESTAMP
  std::string time_zone;         // of the session, as it says; empty when it did not matter
  // TIMESTAMP alone is NULL-able (explicit_defaults_for_timestamp); absent when not known.
  std::optional<bool> explicit_timestamps = true;
  // Asks for the offset of UTC in a named zone at that time, in seconds; may be empty.
  std::function<std::optional<std::int64_t>(const std::string& zone, Timestamp at)> offset_of_zone;
  const TableAfter* server = nullptr;  // when it was asked and could tell
};

// The table after a statement, and what that means to rows that are already there.
struct SchemaEdit {
  TableSchema after;
  std::vector<ColumnChange> columns;
  std::optional<TableId> renamed_to;
  // Other tables that gave or took rows: EXCHANGE PARTITION and its like.
  std::vector<ChangesRows> others;
  // The first reason why the change cannot be followed.
  std::optional<std::string> cannot_follow;
  // A reason falls away when EditContext::server is there, with these defaults.
  bool server_may_tell = false;
  std::vector<std::string> unknown_defaults;
};

// The schema that CREATE TABLE with a column list makes. Keys: as ReadTables() chooses them. A
// character set that neither statement nor context tells is left empty: the binlog's table maps
// tell it.
TableSchema BuildSchema(const CreateTable& create, const EditContext& context);

// Applies all clauses at once, as the server does: each names columns of the table before the
// statement, and `columns` holds what is dropped and renamed by the names before it, what is added
// and retyped by those after it. A column that is not there, or not where the clause wants it to
// be, is a reason not to follow. The version rises by one when the columns changed.
SchemaEdit EditSchema(const TableSchema& before, const AlterTable& alter,
                      const EditContext& context);

// What existing rows get for an added column.
struct AddedValue {
  std::optional<std::string> value;          // absent: NULL
  std::optional<std::string> cannot_follow;  // it differs from row to row, or is not known
  bool server_may_tell = false;              // EditContext::server would know it
};
AddedValue ValueOfAddedColumn(const ColumnDefinition& column, const EditContext& context);

// Whether the offset of UTC in the zone never changes. The zone is as a session names it.
bool IsSteadyZone(const std::string& zone);
bool IsUtc(const std::string& zone);

}  // namespace foreset::mysql
