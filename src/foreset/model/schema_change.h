// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/error.h"
#include "foreset/model/sequence.h"
#include "foreset/model/table_schema.h"

namespace foreset {

enum class SchemaChangeKind : std::uint8_t {
  kCreate,
  kAlter,
  kDrop,
  // From here on the name stands for rows that the stream has not told: a rename brought them, or
  // a statement that was not in the log. What the lake has of the name ends here; only a new copy
  // from the source says what is there now.
  kReplace,
};

// What an ALTER did to one column, as far as existing rows are concerned. A column that is in
// neither list of changes kept its name and type.
struct ColumnAdded {
  std::string name;
  // What existing rows hold from now on, as the server's client would show it; absent: NULL.
  std::optional<std::string> existing_rows_get;
  bool operator==(const ColumnAdded&) const = default;
};
struct ColumnDropped {
  std::string name;
  bool operator==(const ColumnDropped&) const = default;
};
struct ColumnRenamed {
  std::string from;
  std::string to;
  bool operator==(const ColumnRenamed&) const = default;
};
// The declared type changed; the new lake type may be the same, wider, or incompatible.
struct ColumnRetyped {
  std::string name;  // after any rename
  bool operator==(const ColumnRetyped&) const = default;
};
using ColumnChange = std::variant<ColumnAdded, ColumnDropped, ColumnRenamed, ColumnRetyped>;

// One DDL statement's effect on one table, at its place in the order of changes. Kept in
// bronze/_schema_changes. The first schema of a backfilled table is a kCreate too.
struct SchemaChange {
  SchemaChangeKind kind = SchemaChangeKind::kAlter;
  TableId table;
  Sequence sequence;
  Timestamp committed_at;
  std::string gtid;
  std::string ddl;
  std::shared_ptr<const TableSchema> after;  // null for kDrop, kReplace
  std::vector<ColumnChange> columns;         // in the statement's order; empty for kCreate, kDrop
  // When set, the change cannot be followed: the table stops here with this error.
  std::optional<Error> cannot_follow;
};

// The error of a table that stops at a statement whose effect on its rows is not certain.
Error NotFollowed(std::string reason);

}  // namespace foreset
