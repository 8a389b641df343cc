// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/lake/rule_record.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// kLeftOut: the configuration does not name it any more, or it stopped and the source has dropped
// it.
enum class TablePhase { kWaiting, kBackfilling, kFollowing, kStopped, kLeftOut };

// What silver, or all of gold, has of one source table.
struct FollowerStatus {
  std::int64_t batch = 0;  // the newest one of bronze that it has
  Timestamp behind_since;  // when the source committed what it lacks, or before; zero: nothing
};

// One source table on its way through the layers. Counts are since this process started.
struct TableStatus {
  TablePhase phase = TablePhase::kWaiting;
  std::uint64_t backfilled_rows = 0;  // including those of earlier runs
  std::uint64_t estimated_rows = 0;   // the server's guess; 0 when unknown
  std::uint64_t changes = 0;          // handed to bronze
  std::uint64_t quarantined = 0;
  std::int64_t bronze_batch = 0;  // the newest batch that bronze holds
  std::int64_t lake_batch = 0;    // the newest batch that silver and gold hold
  FollowerStatus silver;
  FollowerStatus gold;
  std::optional<Error> stopped;   // why, when the phase is kStopped
  std::uint64_t index_bytes = 0;  // of the key indexes, silver's and gold's
  bool stopped_above = false;     // silver or gold stopped; bronze has it all
  lake::RuleCounts rules;         // of silver, by rule, since the rule came to the table
};

// How far publishing to Kafka has come. Counts of records are since publishing began.
struct SinkStatus {
  SourcePosition published;  // everything before it is in the topics
  Timestamp newest_commit;   // source time of the newest change there
  std::uint64_t records = 0;
  std::uint64_t commits = 0;      // rounds published in this run
  std::uint64_t reconnects = 0;   // in this run
  std::optional<Error> retrying;  // why it waits
  std::optional<Error> stopped;   // why it does not go on
};

// What the pipeline is doing: an immutable value. Views and servers read it, never the loops.
struct PipelineStatus {
  bool backfilling = false;
  bool following = false;             // the source is being followed, at this moment
  std::optional<Error> source_error;  // why it is not, while it is tried again
  // Why it cannot be told whether the source still holds what was captured before; empty: it does.
  std::string unproved;
  SourcePosition captured;                 // everything before it is in bronze
  Timestamp newest_commit;                 // source time of the newest transaction in bronze
  std::uint64_t copied_rows = 0;           // by copies in this run
  std::chrono::milliseconds copied_in{0};  // how long those took that are complete
  std::uint64_t transactions = 0;
  std::uint64_t changes = 0;
  std::uint64_t reconnects = 0;
  // From topics: records = changes + quarantined + filtered, repeats being among the changes.
  std::uint64_t records = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t repeats = 0;
  std::map<std::string, std::uint64_t> filtered;  // by what they are: "tombstone", …
  // What may pass was waited out for as long as a run bears it that ends (options.patience).
  bool out_of_patience = false;
  std::map<TableId, TableStatus> tables;
  std::optional<SinkStatus> sink;  // where there is one
};

// Rises with every batch that a layer gets.
std::int64_t BatchesIn(const PipelineStatus& status);
// Of the key indexes of all tables.
std::uint64_t IndexBytesIn(const PipelineStatus& status);

// Bronze has a batch of which the newest change was committed at `source_time` (or then, at the
// latest): who had all before it lacks that now.
void NoteBronzeBatch(TableStatus& table, std::int64_t batch, Timestamp source_time);
// A follower has everything up to `batch`, whose changes are of `source_time`; zero: unknown.
void NoteFollowerBatch(const TableStatus& table, FollowerStatus& follower, std::int64_t batch,
                       Timestamp source_time);

// A stopped table that nobody asks for any more: it is shown, and is no reason to fail.
void NoteLeftOut(TableStatus& table);

// Holds the current status. A change costs what it changes, however many tables there are: the
// value that readers share is made when one asks, once for all changes since the last. Thread-safe.
class StatusBoard {
 public:
  std::shared_ptr<const PipelineStatus> Read() const {
    const MutexLock lock(mutex_);
    if (shown_ == nullptr) shown_ = std::make_shared<const PipelineStatus>(status_);
    return shown_;
  }
  // A question that a glance answers; it does not call the board.
  template <typename Question>
  auto Ask(const Question& question) const {
    const MutexLock lock(mutex_);
    return question(status_);
  }
  void Change(const std::function<void(PipelineStatus&)>& change) {
    const MutexLock lock(mutex_);
    change(status_);
    shown_.reset();
  }
  void ChangeTable(const TableId& table, const std::function<void(TableStatus&)>& change) {
    Change([&](PipelineStatus& status) { change(status.tables[table]); });
  }

 private:
  mutable Mutex mutex_;
  PipelineStatus status_ GUARDED_BY(mutex_);
  mutable std::shared_ptr<const PipelineStatus> shown_ GUARDED_BY(mutex_);  // null: not yet made
};

}  // namespace foreset::pipeline
