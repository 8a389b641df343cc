// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/committer.h"
#include "foreset/delta/file_scan.h"
#include "foreset/delta/snapshot.h"
#include "foreset/delta/transaction.h"
#include "foreset/lake/part_publisher.h"
#include "foreset/lake/progress.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/lake/table_format.h"
#include "foreset/lake/upkeep.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/table_schema.h"
#include "foreset/storage/object_store.h"

namespace foreset::lake {

enum class UpsertMode : std::uint8_t { kDeletionVectors, kRewrite };

// What all tables of a lake share. `clock` outlives the tables.
struct LakeOptions {
  std::string name;  // of the lake; part of the transactions' appId
  const Clock* clock = nullptr;
  std::function<std::string()> make_id;  // unique ids (UUID text)
  UpsertMode upsert = UpsertMode::kDeletionVectors;
  // Of tables made from now on; those that are there know theirs.
  TableFormat format = TableFormat::kDelta;
  std::chrono::milliseconds replaced_kept{120'000};  // files in Parquet mode, for older readers
  // In Parquet mode: files are only ever added, and those of a date have a folder of their own.
  bool parted_by_date = false;
  std::int64_t target_file_bytes = 128L << 20U;  // a data file is closed when it reaches this
  std::int64_t checkpoint_every = 50;            // commits
  // A table that batches leave unchanged says how far it has come after so many of them; 1: with
  // each. More spare commits, but its stored progress lags until Follower::Flush.
  std::int64_t quiet_batches = 1;
  // How long versions, and files that no later version needs, stay for readers; said to other
  // programs in the tables' properties. Nothing: as each table says.
  std::optional<std::chrono::seconds> kept;
  std::shared_ptr<UpkeepQueue> upkeep;  // who deletes what is not kept; null: nobody
  std::size_t deletion_vector_cache_bytes = 32UL << 20U;  // per table

  // Tables that must stay at reader version 1 keep DATETIME as a timestamp read as UTC.
  DateTimeAs datetime() const {
    return upsert == UpsertMode::kRewrite ? DateTimeAs::kUtc : DateTimeAs::kWallClock;
  }
  // The same for a layer of another format.
  LakeOptions As(TableFormat of) const {
    LakeOptions options = *this;
    options.format = of;
    return options;
  }
};

// Whether the table is kept in Parquet mode.
bool IsInParquetMode(const delta::Snapshot& snapshot);

// One table that Foreset keeps alone, Delta's or in Parquet mode: its snapshot in memory, its
// progress, its commits. The base of bronze, silver and gold tables. Not thread-safe: one thread at
// a time.
class LakeTable {
 public:
  // True when a table of the store's own format is at its root.
  static Result<bool> Exists(const ObjectStore& store);
  // True when one of any format is.
  static Result<bool> IsOccupied(const ObjectStore& store);

  // Makes version 0 with that progress and source schema. A table whose rows change (`upserted`)
  // gets deletion vectors when the options say so. In Parquet mode `store` is a ParquetLayout.
  // kInvalidInput when there is a table already: kLakeLocked when a pipeline of that name made it,
  // which then runs elsewhere (whoever calls this saw no table), else kLakeTableExists; and
  // (kLakeTableFormat) when it is of the other format.
  static Result<LakeTable> Create(std::shared_ptr<ObjectStore> store, std::string table,
                                  const LakeOptions& options, const arrow::Schema& columns,
                                  const TableSchema& source, Progress progress,
                                  bool upserted = false);
  // The latest version. kInvalidInput when another program changed its data since Foreset's last
  // commit (kForeignChange), or its columns (lake_error::kForeignColumns: only their order may
  // change); kCorruption (kProgressDamaged) when it carries no progress.
  static Result<LakeTable> Open(std::shared_ptr<ObjectStore> store, std::string table,
                                const LakeOptions& options);

  // What is to become of the table: the files are in `transaction`, the rest is filled in here
  // (txn, progress, source schema when it is given). On success snapshot() and progress() are the
  // new ones. kTransient (kLakeTableMoved): another program moved rows without changing data
  // (OPTIMIZE); snapshot() is refreshed and the caller plans anew. kInvalidInput
  // (kForeignChange): another program changed data.
  Status Commit(delta::Transaction transaction, Progress progress,
                const TableSchema* source = nullptr);
  // For maintenance that changes no data: no progress is written. Errors as above.
  Status CommitMaintenance(const delta::Transaction& transaction);

  // A transaction on top of snapshot(). The table has one owner, so any foreign change of data
  // is a conflict.
  delta::Transaction Begin() const;
  // Gives the table the column list of that version of the source's schema, and the protocol that
  // it needs. Returns the columns as the table will have them (with their ids under column
  // mapping): write files with these.
  Result<std::shared_ptr<arrow::Schema>> SetColumns(delta::Transaction& transaction,
                                                    const std::shared_ptr<arrow::Schema>& columns,
                                                    SchemaVersion version) const;
  // Before the first deletion vector: gives the table the feature and the property where it lacks
  // them.
  Status AllowDeletionVectors(delta::Transaction& transaction) const;
  // Says that this object is the table's keeper: what a crash left undone for plain readers of a
  // table in Parquet mode is done. Who only reads does not call it. Else nothing.
  Status TakeOver() const;
  // Reads what was committed since; after a kTransient or unknown outcome. Errors as Open.
  Status Refresh();
  // "part-<uuid>.parquet", never used before.
  std::string NewFilePath() const;
  // For new data files of this table.
  RollingWriter NewWriter() const;
  // Where files written now go: "date=2026-01-31/" (UTC) when parted by date, else "".
  std::string FolderNow() const;
  bool in_parquet_mode() const { return publisher_ != nullptr; }
  // Whether a changed row means a rewritten file: as the options say, unless the table's own
  // property forbids deletion vectors.
  bool rewrites() const;
  // How the table keeps DATETIME, whatever the options are now.
  DateTimeAs datetime() const;

  // The columns in the order in which Foreset wrote them; the table may have them in another one.
  const std::shared_ptr<arrow::Schema>& columns() const { return columns_; }
  // For scans that give the columns in that order.
  delta::ScanOptions AllColumns() const;
  const std::shared_ptr<const delta::Snapshot>& snapshot() const { return snapshot_; }
  const Progress& progress() const { return progress_; }
  // The source's schema, as of progress().schema.
  const std::shared_ptr<const TableSchema>& source_schema() const { return source_; }
  const std::string& name() const { return table_; }
  const std::string& app_id() const { return progress_.app_id; }
  const LakeOptions& options() const { return options_; }
  ObjectStore& store() const { return *store_; }
  const std::shared_ptr<ObjectStore>& shared_store() const { return store_; }
  // The committed version is the one after the snapshot that was read: no row moved in between.
  bool in_step() const { return in_step_; }
  // Why the last checkpoint could not be written; a later one makes up for it.
  const std::optional<Error>& checkpoint_error() const { return checkpoint_error_; }

 private:
  LakeTable(std::shared_ptr<ObjectStore> store, std::string table, const LakeOptions& options);
  Status Load(std::shared_ptr<const delta::Snapshot> snapshot);
  Status Settle(const delta::Transaction& transaction);
  Result<std::shared_ptr<arrow::Schema>> ColumnsIn(const delta::Snapshot& snapshot);
  Result<std::string> LastOwnVersion(const delta::Snapshot& snapshot) const;
  Status RefuseForeignChanges(const delta::Snapshot& snapshot) const;
  Status Publish(const delta::Transaction& transaction);
  void CheckpointWhenDue();

  std::shared_ptr<ObjectStore> store_;
  std::string table_;
  LakeOptions options_;
  std::unique_ptr<delta::Committer> committer_;
  std::unique_ptr<PartPublisher> publisher_;  // in Parquet mode only
  std::shared_ptr<const delta::Snapshot> snapshot_;
  std::shared_ptr<const TableSchema> source_;
  Progress progress_;
  std::shared_ptr<arrow::Schema> columns_;
  std::shared_ptr<arrow::Schema> compared_;  // the snapshot's, which columns_ are made of
  bool recorded_ = false;                    // what columns were written is
  bool in_step_ = true;
  std::optional<Error> checkpoint_error_;
};

}  // namespace foreset::lake
