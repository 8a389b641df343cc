// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/lake/quarantine_table.h"
#include "foreset/lake/schema_changes_table.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::pipeline {

// One table's part of a round, durable.
struct CommittedBatch {
  lake::BatchNumber batch;
  SourcePosition position;  // that the table covers now
  bool as_given = true;     // false: bronze took other rows than it was given (repeats, late ones)
};

// All of bronze: the tables of changes, their schemas, the quarantine and the epochs. It is the
// log: what has been committed here is acknowledged, and silver and gold are made from it.
//
// Capture's thread owns it. During a backfill each table may be used by the one thread that
// copies it; Begin and RecordSchema are serialised here.
class BronzeLog {
 public:
  static Result<std::unique_ptr<BronzeLog>> Open(std::shared_ptr<ObjectStore> store,
                                                 const PipelineOptions& options);

  // Tables that bronze has, whole or not.
  std::vector<TableId> Tables() const;
  // True when the first copy of the table is complete (or the table never needed one).
  bool IsWhole(const TableId& table) const;
  // Where the stream goes on; nothing before the first epoch.
  std::optional<SourcePosition> latest_epoch() const { return epochs_->latest(); }
  // The tables that changes are taken from, each with its schema at `from` (or where it begins).
  std::vector<FollowedTable> Followed(const SourcePosition& from) const;
  // Where topics must be read on from, with everything before `covered` done: further back where a
  // table was begun anew and has not had all that its partition brought.
  SourcePosition ReadFrom(SourcePosition covered) const;
  // Tables whose first copy is complete, still exist at the source and were not stopped.
  std::vector<TableId> LiveTables() const;
  // Tables that stopped at a schema change that cannot be followed, and why.
  const std::map<TableId, Error>& stopped() const { return stopped_; }

  // The table, made if need be, at the start or in the middle of its first copy. kInvalidInput
  // (kSchemaChangedDuringBackfill) when it was begun under another schema.
  // `statement`: the CREATE TABLE that makes it, where it is known.
  Result<lake::BronzeTable*> Begin(const TableSchema& schema, const SourcePosition& position,
                                   const std::string& statement);
  // For the process that captures, once it has the lake (LakeTable::TakeOver).
  Status TakeOver() const;
  // Null when there is no such table.
  lake::BronzeTable* Find(const TableId& table);

  // Takes one item of a round. Returns the schema change as recorded (with the reason when it
  // cannot be followed), so that the layers above do the same.
  Result<std::optional<SchemaChange>> Take(const CaptureItem& item, const SourcePosition& end);
  // Makes the round durable: all tables with something staged, then the quarantine, then the
  // epoch. The tables that were committed, with their new batch numbers.
  Result<std::map<TableId, CommittedBatch>> CommitRound(const SourcePosition& end,
                                                        Timestamp newest_commit);
  // An epoch alone: after a backfill, and while the source idles.
  Status CommitEpoch(const SourcePosition& position, Timestamp newest_commit);
  // One bounded step of compaction, of the tables in turn; while the source idles.
  Status Maintain();
  // Drops what is staged but not committed, after an error of capture.
  Status Rollback();

  std::vector<SchemaChange> SchemaChangesOf(const TableId& table) const;
  // Changes that came again and were left out, since this object was made.
  std::size_t repeats() const;

 private:
  BronzeLog(std::shared_ptr<ObjectStore> store, const PipelineOptions& options)
      : store_(std::move(store)),
        options_(options),
        lake_options_(options.lake.As(options.formats.bronze)) {}

  Result<lake::BronzeTable*> OpenTable(const TableId& table);
  Result<std::optional<SchemaChange>> TakeSchemaChange(SchemaChange change,
                                                       const SourcePosition& end);
  Status CreateEmpty(const TableSchema& schema, const SourcePosition& begin);
  Status Record(const SchemaChange& change);
  bool IsRecorded(const SchemaChange& change) const;
  std::shared_ptr<ObjectStore> StoreOf(const TableId& table) const;

  std::shared_ptr<ObjectStore> store_;
  const PipelineOptions& options_;
  const lake::LakeOptions lake_options_;
  mutable Mutex mutex_;  // for the readers of a backfill and the workers above
  std::unique_ptr<lake::EpochsTable> epochs_;
  std::unique_ptr<lake::SchemaChangesTable> schema_changes_;
  std::unique_ptr<lake::QuarantineTable> quarantine_;
  std::map<TableId, std::unique_ptr<lake::BronzeTable>> tables_;
  std::map<TableId, Error> stopped_;  // by a schema change that cannot be followed
  std::set<TableId> staged_;
  TableId maintained_;  // last; the next one comes next
  std::vector<lake::QuarantineRow> quarantined_;
};

}  // namespace foreset::pipeline
