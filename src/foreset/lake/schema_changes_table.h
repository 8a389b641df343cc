// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/base/strong_type.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/schema_change.h"

namespace foreset::lake {

// Counts the lives of one table's name in bronze, from 1: a fresh start begins another.
using LifeNumber = StrongType<std::int64_t, struct LifeNumberTag>;

// A schema change, and in which life of its table it happened.
struct RecordedChange {
  LifeNumber life{0};
  SchemaChange change;
};

// `bronze/_schema_changes`: every schema that a table of the lake has had, in source order, so
// that silver and gold can be rebuilt from bronze alone. Append-only; small, so it is held in
// memory. Columns: _seq, _source_ts, _gtid, database, table, kind, ddl, schema (JSON, NULL for
// drop and replace), version, columns (JSON), cannot_follow ("E5105: …"), life. Not thread-safe.
class SchemaChangesTable {
 public:
  // kNotFound (kLakeEmpty) when there is none; makes nothing.
  static Result<std::unique_ptr<SchemaChangesTable>> Open(std::shared_ptr<ObjectStore> store,
                                                          const LakeOptions& options);
  static Result<std::unique_ptr<SchemaChangesTable>> OpenOrCreate(
      std::shared_ptr<ObjectStore> store, const LakeOptions& options);

  // Durable on return. A change that is in already (by table, life, sequence, kind and whether it
  // can be followed) is left out.
  Status Append(const RecordedChange& recorded);

  // All, ascending by life, then by sequence. Lives that a program which did not count them
  // recorded are counted here: each CREATE that follows no DROP begins one.
  const std::vector<RecordedChange>& all() const { return changes_; }
  const LakeTable& table() const { return table_; }

 private:
  explicit SchemaChangesTable(LakeTable table) : table_(std::move(table)) {}
  Status Read();
  void CountLives();
  void Sort();
  Status MakeRoomForLives();

  LakeTable table_;
  std::vector<RecordedChange> changes_;
};

}  // namespace foreset::lake
