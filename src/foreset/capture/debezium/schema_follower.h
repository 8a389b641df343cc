// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/schema_record.h"
#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/capture/mysql/table_filter.h"
#include "foreset/model/source_position.h"

namespace foreset::debezium {

// Moves the believed schemas on with each record of the schema-change topic. Statements are
// understood by native capture's own DDL code, so that renames and the values of added columns are
// known; the record's `tableChanges` are the judge: where the statement leads to other columns, or
// is not understood, the difference between the two tables by column name counts instead. Not
// thread-safe; called in topic order.
class SchemaFollower {
 public:
  // `filter`: which tables are captured. `known`: schemas that the lake has already; records up to
  // a table's SchemaRegistry::After() are passed over.
  SchemaFollower(mysql::TableFilter filter, mysql::SchemaRegistry known);

  // What the record does to captured tables, each at the statement's `_seq` in `epoch`, and already
  // put into schemas(). None when it concerns no captured table, when the table is already so (a
  // repeat, or a snapshot's description of a known table), and for records of the schema history.
  // The records of a snapshot (DROP IF EXISTS, then CREATE, of every table) describe tables: they
  // become a kCreate for a table that is not known, a kAlter for one that is known otherwise, never
  // a kDrop. A table whose rows came with its name (RENAME TABLE) stops with kRowsNotTold: no topic
  // has them.
  Result<std::vector<mysql::DdlEffect>> Apply(const SchemaRecord& record, SourceEpoch epoch);

  // Puts a schema from elsewhere (the server, a declaration, a Connect schema).
  // Records up to `after` are passed over for the table.
  void Put(std::shared_ptr<const TableSchema> schema, Sequence after = {}) {
    schemas_.Put(std::move(schema), after);
  }

  // The connector leaves these columns of the table out of its rows (column.exclude.list): they are
  // no longer the table's, whatever records say. After a restart they are known by the tables that
  // the lake has.
  void LeaveOut(std::shared_ptr<const TableSchema> rest, const std::set<std::string>& columns,
                Sequence after);

  const mysql::SchemaRegistry& schemas() const { return schemas_; }
  // True when a record has described the table.
  bool Tells(const TableId& table) const { return told_.contains(table); }

 private:
  Result<std::vector<mysql::DdlEffect>> ApplyKnown(const SchemaRecord& record, SourceEpoch epoch,
                                                   const std::set<TableId>& same);
  void NoteLeftOut(const SchemaRecord& record, Sequence at);
  Result<std::vector<mysql::DdlEffect>> Describe(const SchemaRecord& record, Sequence at);
  Result<std::vector<mysql::DdlEffect>> Follow(const SchemaRecord& record, Sequence at);
  SchemaChange Appeared(const SchemaRecord& record, const TableChange& described, Sequence at);

  mysql::TableFilter filter_;
  mysql::SchemaRegistry schemas_;
  std::set<TableId> told_;
  std::map<TableId, std::set<std::string>> left_out_;
  std::map<TableId, TableId> renamed_;   // tables whose rows came with the name, and from where
  std::map<TableId, Sequence> applied_;  // the last change of each table that was met here
};

}  // namespace foreset::debezium
