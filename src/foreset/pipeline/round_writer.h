// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/lake/quarantine_table.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/pipeline_options.h"

namespace foreset::pipeline {

// One table's part of a round, durable.
struct CommittedBatch {
  lake::BatchNumber batch;
  SourcePosition position;  // that the table covers now
  bool as_given = true;     // false: bronze took other rows than it was given (repeats, late ones)
  lake::FedFrom source;     // for whoever is fed with it
};

// Writes capture's rounds into bronze: the tables of changes, the quarantine and the epochs. Bronze
// is the log: what has been committed here is acknowledged, and silver and gold are made from it.
// What goes wrong with one table stops that table, on record, and the round goes on without it; an
// error of these functions concerns all. Not thread-safe; capture's thread owns it.
class RoundWriter {
 public:
  // Makes what the lake lacks of its own tables.
  static Result<std::unique_ptr<RoundWriter>> Open(const lake::Lake& lake,
                                                   const lake::CompactionPolicy& compaction);

  BronzeCatalog& catalog() { return *catalog_; }
  const BronzeCatalog& catalog() const { return *catalog_; }
  // For the process that captures, once it has the lake (LakeTable::TakeOver).
  Status TakeOver();
  // Which partitions of topics are read, where the source is topics.
  void ReadsTopics(std::vector<PartitionPosition> partitions);

  // Where the stream goes on; nothing before the first epoch.
  std::optional<SourcePosition> latest_epoch() const { return epochs_->latest(); }
  // The last cut, as it is stored.
  Result<std::optional<lake::Epoch>> LastCut() const { return epochs_->Last(); }
  // The tables that changes are taken from, each with its schema at `from` (or where it begins).
  std::vector<FollowedTable> Followed(const SourcePosition& from) const;
  // Where topics must be read on from, with everything before `covered` done: further back where a
  // table was begun anew and has not had all that its partitions brought.
  SourcePosition ReadFrom(SourcePosition covered) const;
  // Tables whose first copy is complete, still exist at the source and were not stopped.
  std::vector<TableId> LiveTables() const;

  // The table whose old self must be moved away before the item is taken: it stopped or was
  // replaced, and is made anew at the source.
  std::optional<TableId> BeginsAnew(const CaptureItem& item, const SourcePosition& end) const;
  // Takes one item of a round. Returns the schema change that the layers above have to follow.
  Result<std::optional<SchemaChange>> Take(const CaptureItem& item, const SourcePosition& end);
  // Makes the round durable: all tables with something staged, then the quarantine, then the
  // epoch. The tables that were committed, with their new batch numbers; those too that rounds had
  // committed, or may have, which failed behind them: nobody has been told of these.
  Result<std::map<TableId, CommittedBatch>> CommitRound(const SourcePosition& end,
                                                        Timestamp newest_commit);
  // An epoch alone: after a backfill, and while the source idles.
  Status CommitEpoch(const SourcePosition& position, Timestamp newest_commit);
  // Whether a table that was begun anew has all of its topics at `end`, and does not say so yet.
  bool HasToFinish(const SourcePosition& end) const;
  // One bounded step of compaction, of the tables in turn.
  Status Maintain();
  // What a failed round committed is still to be told: the next one is not idle.
  bool HasUntold() const { return !untold_.empty(); }
  // Drops what is staged but not committed, after an error of capture.
  Status Rollback();

  // Tables that stopped since the last call, and why.
  std::map<TableId, Error> TakeStopped() { return std::exchange(stopped_now_, {}); }
  // Tables that had stopped, and that the source has dropped since the last call.
  std::set<TableId> TakeGone() { return std::exchange(gone_now_, {}); }
  // Tables that are to be copied anew: what their names stand for now, the stream has not told.
  const std::set<TableId>& to_copy() const { return to_copy_; }
  // They have been copied, as far as the source has them; until it makes one of the others anew,
  // that name is of no concern.
  void Copied();
  // Changes that came again and were left out, since this object was made.
  std::size_t repeats() const;

 private:
  RoundWriter(const lake::Lake& lake, const lake::CompactionPolicy& compaction)
      : store_(lake.stores.bronze),
        layout_(lake.layout),
        compaction_(compaction),
        lake_options_(lake.OptionsOf(lake::Layer::kBronze)) {}

  Result<std::optional<SchemaChange>> TakeSchemaChange(SchemaChange change,
                                                       const SourcePosition& end);
  Result<std::optional<SchemaChange>> TakeOfAbsent(SchemaChange change, const SourcePosition& end);
  Result<std::optional<SchemaChange>> TakeOfLive(SchemaChange change, lake::BronzeTable& table);
  Status TakeOfEnded(SchemaChange change, const TableLife& life, bool from_topics);
  Status BeginEmpty(const SchemaChange& change, const SourcePosition& end);
  Status TakeRows(const ChangeBatch& batch);
  static CommittedBatch NewestOf(const lake::BronzeTable& table, bool as_given);
  Status StopOr(const TableId& id, Error error);
  Status Stop(SchemaChange change);
  void NoteStop(const TableId& id, Error why);
  Status Finish(const SourcePosition& end);
  std::optional<SourcePosition> TargetOf(const SourcePosition& end) const;
  PartitionPosition NeededFrom(const PartitionPosition& covered) const;
  bool HasNotBegun(const std::string& topic) const;
  bool MayFeed(const std::string& topic, const TableId& id) const;

  const std::shared_ptr<ObjectStore> store_;
  const lake::LakeLayout layout_;
  const lake::CompactionPolicy compaction_;
  const lake::LakeOptions lake_options_;
  std::unique_ptr<BronzeCatalog> catalog_;
  std::unique_ptr<lake::EpochsTable> epochs_;
  std::unique_ptr<lake::QuarantineTable> quarantine_;
  std::optional<std::vector<PartitionPosition>> topics_;  // that are read; nothing: a server
  std::set<TableId> staged_;
  std::set<TableId> untold_;  // committed, or may be, by rounds that failed
  std::set<TableId> to_copy_;
  std::set<TableId> ignored_;  // names of rows that the source does not give out
  std::map<TableId, Error> stopped_now_;
  std::set<TableId> gone_now_;
  TableId maintained_;  // last; the next one comes next
  std::vector<lake::QuarantineRow> quarantined_;
};

}  // namespace foreset::pipeline
