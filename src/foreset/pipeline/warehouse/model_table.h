// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/committer.h"
#include "foreset/delta/transaction.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/rolling_writer.h"
#include "foreset/pipeline/warehouse/load_record.h"
#include "foreset/sql/engine.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// The Delta table of one model. A load stages files that no commit names, looks at what they would
// make, and commits all of them or none. Not thread-safe.
class ModelTable {
 public:
  // The table as it is, or that there is none. kInvalidInput (kModelTableTaken) when the table
  // there was not made by a load.
  static Result<ModelTable> Open(std::shared_ptr<ObjectStore> store, std::string model,
                                 const lake::LakeOptions& options);

  // Null when there is no table yet.
  const std::shared_ptr<const delta::Snapshot>& snapshot() const { return snapshot_; }
  const std::shared_ptr<ObjectStore>& store() const { return store_; }
  // What the last load made it from; nothing when there was none.
  const std::optional<LoadRecord>& record() const { return record_; }
  // Whether another program changed rows since.
  Result<bool> ChangedByOthers() const;
  // Whether the table has other columns than these. kUnsupported when a column can be in no table.
  Result<bool> HasOtherColumns(const arrow::Schema& columns) const;
  // Whether files that lose rows are copied (upsert mode rewrite) instead of getting a vector.
  bool copies_touched_files() const { return options_.upsert == lake::UpsertMode::kRewrite; }
  // So many small files that a load had better write all rows anew.
  bool IsScattered() const;

  // Rows of the query become files. `columns` are its columns.
  Status Write(sql::Engine& engine, const std::string& query,
               const std::shared_ptr<arrow::Schema>& columns);
  // Rows, by file of `files` (as a placed relation has them) and place in it, are to go. Files
  // that lose their last row go too. With upsert mode rewrite the caller must have written the
  // other rows of the touched files, which go whole.
  using Places = std::vector<std::pair<std::int32_t, std::vector<std::int64_t>>>;
  Status Remove(const std::vector<const delta::AddFile*>& files, const Places& places);
  // All files of the table are to go; new columns, where they differ, come with them.
  Status ReplaceAll(const arrow::Schema& columns);
  // What the table would be; null for a table that is not there yet.
  Result<std::shared_ptr<const delta::Snapshot>> Staged();
  // One commit with what is staged and what the rows were made from. kTransient (kLoadInterfered)
  // when somebody else committed.
  Status Commit(LoadRecord record, std::int64_t rows_come, std::int64_t rows_gone);
  // Deletes the staged files.
  void Abandon();

 private:
  ModelTable(std::shared_ptr<ObjectStore> store, std::string model,
             const lake::LakeOptions& options);
  Status Load(std::shared_ptr<const delta::Snapshot> snapshot);
  std::string app_id() const;
  Result<delta::Transaction> Plan() const;
  Status Finish(Result<delta::CommitOutcome> outcome);

  std::shared_ptr<ObjectStore> store_;
  std::string model_;
  lake::LakeOptions options_;
  std::unique_ptr<delta::Committer> committer_;
  std::shared_ptr<const delta::Snapshot> snapshot_;
  std::optional<LoadRecord> record_;

  // Staged.
  std::shared_ptr<arrow::Schema> columns_;
  std::vector<delta::AddFile> added_;
  std::vector<delta::AddFile> removed_;
  std::vector<std::pair<delta::AddFile, delta::DeletionVectorDescriptor>> hidden_;
  std::optional<delta::Metadata> metadata_;
  std::optional<delta::Protocol> protocol_;
};

}  // namespace foreset::pipeline
