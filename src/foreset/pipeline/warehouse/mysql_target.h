// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/capture/mysql/table_writer.h"
#include "foreset/delta/snapshot.h"
#include "foreset/sql/engine.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// A MySQL database that has the warehouse's tables too.
struct TargetOptions {
  mysql::MysqlOptions server;
  std::string database;
};

// A table of the warehouse as the lake has it now.
struct TargetTable {
  std::string model;
  std::vector<std::string> key;
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
};

struct TargetTableReport {
  std::string model;
  std::string mode;  // "unchanged", "incremental", "whole"
  std::int64_t put = 0;
  std::int64_t deleted = 0;
  std::int64_t rows = 0;
};

// Brings MySQL's tables to what the lake's tables hold: all of them in one transaction, so that
// readers see the old star or the new one. `_foreset_loads` there says which version of the lake's
// table each holds: rows that differ since are sent; where that version is not known or kept, all
// rows are sent to a temporary table and what differs is taken from there. Not thread-safe.
//
// Failures of the server: kTargetFailed, or the codes of a source that cannot be reached.
class MysqlTarget {
 public:
  // kTransient (kLoadInterfered) while another load writes to the database.
  static Result<std::unique_ptr<MysqlTarget>> Open(const TargetOptions& options);

  // kInvalidInput (kTargetTableUnfit) when the table is not there, lacks a column, has another
  // primary key, or when a column's type cannot be sent.
  Status Check(const std::string& model, const std::vector<std::string>& key,
               const arrow::Schema& columns);
  // `tables` parents first. `full`: send all rows whatever the database says that it has.
  Result<std::vector<TargetTableReport>> Sync(const std::vector<TargetTable>& tables,
                                              sql::Engine& engine, bool full);

 private:
  struct Change;

  MysqlTarget(mysql::TableWriter writer, std::string name)
      : writer_(std::move(writer)), name_(std::move(name)) {}
  Status Lock(const std::string& database);
  Status MakeLoads();
  Result<Change> Plan(const TargetTable& table, bool whole);
  Status Stage(Change& change, sql::Engine& engine);
  Status Attempt(std::vector<Change>& changes, sql::Engine& engine, std::set<std::string>& whole);
  Status Apply(std::vector<Change>& changes, sql::Engine& engine);
  Status PutRows(Change& change, sql::Engine& engine);
  Status DeleteRows(Change& change, sql::Engine& engine);
  Result<bool> Agrees(Change& change);
  Error Explain(Error error) const;

  mysql::TableWriter writer_;
  std::string name_;  // of the target, for messages
};

}  // namespace foreset::pipeline
