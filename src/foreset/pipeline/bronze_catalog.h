// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/lake.h"
#include "foreset/lake/schema_changes_table.h"
#include "foreset/pipeline/table_life.h"

namespace foreset::pipeline {

// Bronze's tables of changes and the lives of their names: which are there, which stopped, which
// schemas they have had. Thread-safe; but a table itself is used by one thread at a time:
// capture's, or during a first copy the one that copies it.
class BronzeCatalog {
 public:
  // Reads only. kNotFound (kLakeEmpty) when there is no lake yet.
  static Result<std::unique_ptr<BronzeCatalog>> Open(const lake::Lake& lake);
  // For the process that captures: `_schema_changes` is made when it is not there, and of a table
  // that cannot be opened it is recorded that it stops.
  static Result<std::unique_ptr<BronzeCatalog>> OpenToWrite(const lake::Lake& lake);
  // Once that process has the lake (LakeTable::TakeOver).
  Status TakeOver();

  // Tables that are there and can be read, whole or not, stopped or not.
  std::vector<TableId> Tables() const;
  // Null when there is no such table, or when it cannot be read.
  lake::BronzeTable* Find(const TableId& id) const;
  // Whether something stands at the table's place.
  bool IsThere(const TableId& id) const;
  // True when the first copy of the table is complete, or the table never needed one.
  bool IsWhole(const TableId& id) const;
  // Of the name's newest life; empty when the name is not known.
  TableLife LifeOf(const TableId& id) const;
  std::map<TableId, TableLife> Lives() const;
  // That were followed in that life.
  std::vector<SchemaChange> SchemaChangesOf(const TableId& id) const;
  // Tables whose place is taken and whose life has stopped, and those that are barred; and why.
  std::map<TableId, Error> Stopped() const;
  // Nothing that comes is the table's any more: it is there and stopped or was replaced, or it is
  // barred.
  bool IsOver(const TableId& id) const;
  // Tables that are there although another life of their name is to begin: other rows took the
  // name. `at_source`: names that stand for a table now; one whose stopped table had been dropped
  // begins anew, too. Not those that are left out, nor those that the source has dropped.
  std::vector<TableId> Replaced(std::span<const TableId> at_source) const;

  // The table of a first copy, made if need be: where its place is free another life begins.
  // `statement`: the CREATE TABLE that makes it, where it is known. kInvalidInput
  // (kSchemaChangedDuringBackfill) when its copy was begun under another schema.
  Result<lake::BronzeTable*> Begin(const TableSchema& schema, const SourcePosition& position,
                                   const std::string& statement);
  // Another life begins with a CREATE that was seen; `backfill` says what there is to read for it.
  Status BeginEmpty(const SchemaChange& created, const SourcePosition& position,
                    const lake::BackfillState& backfill);
  // Records the change as one of the newest life.
  Status Record(const SchemaChange& change);
  // Records that the table stops, unless its life is over already. Where the record is gone too, it
  // is the lake that is gone: `why` comes back.
  Status Stop(const TableId& id, const Error& why);
  // The selection does not name the table in this run: what happens to it passes by from `from` on.
  // That is put on record, as a name that stands for other rows from there on, so that a run that
  // names it again copies it anew. True when it is on record now and was not before.
  Result<bool> LeaveOut(const TableId& id, const SourcePosition& from);
  // Nothing is taken of the table in this run, nor is it begun anew where its place is free.
  void Bar(const TableId& id, Error why);
  // Lets go of the table before it is moved away; it can no longer be found.
  void Close(const TableId& id);
  // It has been moved away, and with it what barred the name.
  void Forget(const TableId& id);

 private:
  struct Entry {
    bool is_there = false;
    bool being_made = false;  // by an attempt that failed: it may be there after all
    std::unique_ptr<lake::BronzeTable> table;
    TableLife life;
    std::optional<Error> barred;
    bool left_out = false;
  };

  explicit BronzeCatalog(const lake::Lake& lake)
      : store_(lake.stores.bronze),
        layout_(lake.layout),
        lake_options_(lake.OptionsOf(lake::Layer::kBronze)) {}

  std::shared_ptr<ObjectStore> StoreOf(const TableId& id) const;
  Status Read(bool to_write);
  Status CheckPlace(const TableId& id, Entry& entry) const REQUIRES(mutex_);
  Status OpenTable(const TableId& id, Entry& entry) const REQUIRES(mutex_);
  Status CheckNotMadeMeanwhile(const TableId& id) const;
  Status MakeTable(const TableSchema& schema, const SourcePosition& position, Entry& entry) const
      REQUIRES(mutex_);
  Status StopLocked(const TableId& id, const Error& why) REQUIRES(mutex_);
  Status RecordLocked(Entry& entry, const SchemaChange& change) REQUIRES(mutex_);
  Status BeginLife(Entry& entry, const SchemaChange& created) REQUIRES(mutex_);

  const std::shared_ptr<ObjectStore> store_;
  const lake::LakeLayout layout_;
  const lake::LakeOptions lake_options_;
  mutable Mutex mutex_;
  std::unique_ptr<lake::SchemaChangesTable> schema_changes_ GUARDED_BY(mutex_);
  std::map<TableId, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace foreset::pipeline
