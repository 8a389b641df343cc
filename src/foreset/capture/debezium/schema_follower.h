// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/schema_record.h"
#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/model/source_position.h"

namespace foreset::debezium {

// Moves the believed schemas on with each record of the schema-change topic. Statements are
// understood by native capture's own DDL code, so that renames and the values of added columns are
// known; the record's `tableChanges` are the judge: where the statement leads to other columns, or
// is not understood, the difference between the two tables by column name counts instead. Not
// thread-safe; called in topic order.
class SchemaFollower {
 public:
  // `wants`: which tables are captured. `known`: schemas that the lake has already.
  SchemaFollower(std::function<bool(const TableId&)> wants, mysql::SchemaRegistry known);

  // What the record does to captured tables, each at the statement's `_seq` in `epoch`, and already
  // put into schemas(). None when it concerns no captured table, when the table is already so (a
  // repeat, or a snapshot's description of a known table), and for records of the schema history.
  // The records of a snapshot (DROP IF EXISTS, then CREATE, of every table) describe tables: they
  // become a kCreate for a table that is not known, a kAlter for one that is known otherwise, never
  // a kDrop.
  Result<std::vector<mysql::DdlEffect>> Apply(const SchemaRecord& record, SourceEpoch epoch);

  // Puts a schema from elsewhere (the server, a declaration, a Connect schema).
  void Put(std::shared_ptr<const TableSchema> schema) { schemas_.Put(std::move(schema)); }

  const mysql::SchemaRegistry& schemas() const { return schemas_; }

 private:
  std::function<bool(const TableId&)> wants_;
  mysql::SchemaRegistry schemas_;
};

}  // namespace foreset::debezium
