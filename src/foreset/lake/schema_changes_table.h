// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

// `bronze/_schema_changes`: every schema that a table of the lake has had, in source order, so
// that silver and gold can be rebuilt from bronze alone. Append-only; small, so it is held in
// memory. Columns: _seq, _source_ts, _gtid, database, table, kind, ddl, schema (JSON, NULL for
// drop and replace), version, columns (JSON), cannot_follow ("E5105: …"). Not thread-safe.
class SchemaChangesTable {
 public:
  static Result<std::unique_ptr<SchemaChangesTable>> OpenOrCreate(
      std::shared_ptr<ObjectStore> store, const LakeOptions& options);

  // Appends those that are not in yet (by table and sequence), in one durable commit.
  Status Append(const std::vector<SchemaChange>& changes);

  // Of one table, ascending by sequence.
  std::vector<SchemaChange> Of(const TableId& table) const;
  // All, ascending by sequence.
  const std::vector<SchemaChange>& all() const { return changes_; }
  const LakeTable& table() const { return table_; }

 private:
  explicit SchemaChangesTable(LakeTable table) : table_(std::move(table)) {}
  Status Read();

  LakeTable table_;
  std::vector<SchemaChange> changes_;
};

}  // namespace foreset::lake
