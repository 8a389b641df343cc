// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "foreset/capture/mysql/column_type.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// DDL statements as far as they matter to captured tables. Names are as written.

enum class DefaultKind : std::uint8_t {
  kNone,  // no DEFAULT clause
  kNull,
  kLiteral,  // DefaultClause::text is what is written, decoded
  kCurrentTimestamp,
  kExpression,  // anything that is computed for each row
};

// How a literal is written: what its text means depends on it.
enum class LiteralForm : std::uint8_t {
  kText,    // '…', DATE '…', or in a character set whose ASCII is ASCII: _latin1'…'
  kNumber,  // 12, -1.5e3, TRUE
  kBytes,   // x'4D', 0x4D
  kBits,    // b'101', 0b101
  kOther,   // in another character set, or bytes that are text: _latin1 x'E9'
};

struct DefaultClause {
  DefaultKind kind = DefaultKind::kNone;
  LiteralForm form = LiteralForm::kText;
  std::string text;
};

struct ColumnDefinition {
  std::string name;
  ColumnType type;
  std::optional<bool> nullable;  // absent: neither NULL nor NOT NULL is written
  DefaultClause default_clause;
  bool generated = false;
  bool row_version = false;  // MariaDB: GENERATED ALWAYS AS ROW START or END
  bool auto_increment = false;
  bool on_update_now = false;  // ON UPDATE CURRENT_TIMESTAMP
  bool primary_key = false;
  bool unique_key = false;
};

struct KeyDefinition {
  enum class Kind : std::uint8_t { kPrimary, kUnique, kOther };
  Kind kind = Kind::kOther;
  std::string name;
  std::vector<std::string> columns;
  bool over_expression = false;
};

// FIRST, AFTER `column`, or where the column would stand anyway.
struct ColumnPlace {
  bool first = false;
  std::optional<std::string> after;
};

// Clauses of ALTER TABLE.
struct AddColumn {
  ColumnDefinition column;
  ColumnPlace place;
  bool if_not_exists = false;
};
struct DropColumn {
  std::string name;
  bool if_exists = false;
};
// MODIFY and CHANGE; the name changes when `name` is not the definition's.
struct ChangeColumn {
  std::string name;
  ColumnDefinition column;
  ColumnPlace place;
  bool if_exists = false;
};
struct RenameColumn {
  std::string from;
  std::string to;
  bool if_exists = false;
};
struct AlterDefault {
  std::string name;
  DefaultClause value;
};
struct AddKey {
  KeyDefinition key;
};
struct DropPrimaryKey {};
struct DropKey {
  std::string name;
};
struct RenameTo {
  TableId to;
};
// CONVERT TO CHARACTER SET; existing character columns change too. Empty: the database's default.
struct ConvertCharset {
  std::string charset;
  std::string collation;
};
// DEFAULT CHARACTER SET: for columns to come.
struct DefaultCharset {
  std::string charset;
  std::string collation;
};
// Removes or replaces rows without row events: DROP PARTITION, IMPORT TABLESPACE, …
struct ChangesRows {
  std::string what;
  std::optional<TableId> other;  // the table that gives or takes the rows
  bool makes_other = false;      // CONVERT PARTITION … TO TABLE: it begins with these rows
};
using AlterClause =
    std::variant<AddColumn, DropColumn, ChangeColumn, RenameColumn, AlterDefault, AddKey,
                 DropPrimaryKey, DropKey, RenameTo, ConvertCharset, DefaultCharset, ChangesRows>;

struct CreateTable {
  TableId table;
  bool if_not_exists = false;
  bool or_replace = false;
  bool sequence = false;   // MariaDB: SEQUENCE=1; it is no table
  bool versioned = false;  // MariaDB: WITH SYSTEM VERSIONING
  std::optional<TableId> like;
  std::vector<ColumnDefinition> columns;  // empty: LIKE, or only a SELECT tells
  std::vector<KeyDefinition> keys;
  std::string charset;  // of the table, where it is written
  std::string collation;
};
struct AlterTable {
  TableId table;
  bool ignore = false;               // MariaDB: rows that do not fit are changed or dropped
  bool copies = false;               // it may write all rows anew
  std::vector<AlterClause> clauses;  // those that matter
};
struct DropTables {
  std::vector<TableId> tables;
};
struct TruncateTable {
  TableId table;
};
struct RenameTables {
  std::vector<std::pair<TableId, TableId>> renames;  // done one after the other
};
struct DropDatabase {
  std::string database;
};
// Of no concern: views, users, temporary tables, transactions, indexes that are no keys…
struct Irrelevant {};
// It is about that table, but its text was not understood from `near` on.
struct NotUnderstood {
  TableId table;
  std::string near;
  bool creates = false;  // CREATE TABLE
};

using ParsedDdl = std::variant<Irrelevant, CreateTable, AlterTable, DropTables, TruncateTable,
                               RenameTables, DropDatabase, NotUnderstood>;

}  // namespace foreset::mysql
