// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/job.h"
#include "foreset/batch/migration.h"
#include "foreset/capture/source.h"
#include "foreset/pipeline/row_set.h"
#include "foreset/storage/object_store.h"

// One table of a database on its way to its new place. For the sources of this folder.
namespace foreset::batch {

// How far a copy is; kept beside its rows.
struct CopyState {
  std::string table;  // whose copy it is: "database.Table"
  BackfillCursor cursor;
  std::string position;        // of the source, as JSON
  std::string shown_position;  // the same for people
  pipeline::RowSet totals;     // of the rows so far
};
std::string ToJson(const CopyState& state);
Result<CopyState> CopyStateFromJson(std::string_view json);

// Not thread-safe.
class TableCopy {
 public:
  virtual ~TableCopy() = default;
  // As the last commit left it; without one, from the start.
  virtual const CopyState& state() const = 0;
  // Before the first row: goes on after what is there, or begins anew, without it.
  virtual Status Begin(bool go_on) = 0;
  virtual Status Write(const arrow::RecordBatch& rows) = 0;
  // Makes the rows since the last commit durable, and the state with them.
  virtual Status Commit(const CopyState& state) = 0;
  // Counts and checksum of what stands there.
  virtual Result<pipeline::RowSet> ReadBack() = 0;
};

// Where a copy goes, and of what it is one.
struct CopyTarget {
  std::string table;                       // "database.Table"
  std::shared_ptr<arrow::Schema> columns;  // of the rows that will come
  std::shared_ptr<ObjectStore> store;      // the table's own place
  JobSettings job;
};
// kInvalidInput (lake_error::kTableFolderShared) when what is there is the copy of another table.
Status CheckIsCopyOf(const CopyTarget& target, const std::string& table);

// A Delta table; rows and state are one commit. kTargetKept when another program made the table;
// else as CheckIsCopyOf.
Result<std::unique_ptr<TableCopy>> OpenDeltaCopy(CopyTarget target);
// A folder of CSV files, one a commit, and `_foreset.json`: the columns, the state and the names of
// the files that count. Others are left over from a copy that broke off, and are taken away when it
// ends. Errors as above.
Result<std::unique_ptr<TableCopy>> OpenCsvCopy(const CsvSinkFactory& make_sink, CopyTarget target);

}  // namespace foreset::batch
