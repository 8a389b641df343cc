// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/csv_load.h"
#include "foreset/batch/job.h"
#include "foreset/capture/source.h"
#include "foreset/pipeline/row_set.h"
#include "foreset/storage/open.h"

// Whole storages moved at once: each table copied, then read again and held against its source by
// counts and checksums.
namespace foreset::batch {

struct MigratedTable {
  std::string name;
  std::string folder;       // below the root of the tables
  std::string place;        // path or URI
  pipeline::RowSet source;  // what the source gave
  pipeline::RowSet target;  // what stands there, read back; empty in a dry run
  bool copied = false;      // false: it was there already
  std::uint64_t bad_rows = 0;
  std::uint64_t rescued = 0;  // values that their type cannot hold (a zero date): NULL in the table
  std::vector<std::string> notes;
  // Why it was not copied, or could not be read back: nothing is claimed of it then.
  std::optional<Error> trouble;
  bool equal() const { return !trouble && source == target; }
};

// A folder, or a file, that is none of the tables, and how many files that hold rows it has.
struct HiddenPlace {
  std::string place;
  std::size_t files = 0;
};

struct MigrationReport {
  std::vector<MigratedTable> tables;  // by name
  std::vector<std::string> others;    // files of no known form, which were passed over
  // Folders and files that were passed over for the '_' or '.' that their names begin with.
  std::vector<HiddenPlace> hidden;
  std::string position;  // of a database, as people read it
  double seconds = 0;
  bool dry_run = false;
  // Whether every table was copied and read back, and is equal to its source.
  bool equal() const;
};

// Writes rows as one CSV object: given the store, the path and the columns.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual Status Write(const arrow::RecordBatch& batch) = 0;
  virtual Status Finish() = 0;
};
using CsvSinkFactory = std::function<Result<std::unique_ptr<RowSink>>(
    ObjectStore& store, const std::string& path, std::shared_ptr<arrow::Schema> columns)>;

struct DatabaseMigration {
  std::string to;                   // root of the tables
  std::string layout = "{table}";   // a table's folder below it
  std::vector<std::string> tables;  // "Table" or "database.Table"; empty: all
  std::size_t jobs = 2;             // tables at the same time
  bool again = false;               // copies tables anew that were migrated before
  CsvSinkFactory csv;               // set: CSV files instead of Delta tables
  StoreOptions stores;
  JobSettings job;
};

// Copies the source's tables as they are at one position. A table is copied by ranges of its key,
// each in one commit with the note how far it is: a migration that broke off goes on there when the
// source has not moved since, else that table begins anew. Finished tables stay as they are unless
// `again`; where the source has moved since, its rows are read again for the comparison, so that
// what is said holds at the report's position. kNoTableMatches names tables that the source lacks,
// kTableFolderShared two that would have one folder: both before anything is made. What is wrong
// with one table alone is its `trouble`, and the others are copied; what may pass ends all.
Result<MigrationReport> MigrateDatabase(Source& source, const DatabaseMigration& migration);

struct FileMigration {
  std::string from;      // a folder or URI: one folder or one file a table
  std::string to;        // root of the tables
  std::size_t jobs = 2;  // tables at the same time
  std::string bad_rows;  // folder of side files; empty: a file with bad rows ends all
  CsvWishes wishes;      // of CSV files
  bool evolve = false;   // files of a table may have other columns
  std::map<std::string, std::string> schemas;  // of a table's columns: "Id BIGINT, Price …"
  StoreOptions stores;
  JobSettings job;
};

// Loads what stands in a folder of CSV, Parquet and JSON files as LoadCsv does: once each, what was
// loaded before is skipped. Types are inferred a table. A folder that a migration wrote
// (CsvLanding) has its own types, and its table is compared with the database's own checksum. Then
// files and tables are read again. kInputMissing names a table of `schemas` that is not there, and
// a folder that is a Delta table: which of its files count its log says. kColumnsDiffer names two
// files of a table with other columns, unless `evolve`.
Result<MigrationReport> MigrateFiles(const FileMigration& migration);

// The same table by table: `work(i)` on as many threads; the first error ends all and is returned.
Status ForEach(std::size_t count, std::size_t threads,
               const std::function<Status(std::size_t)>& work);

}  // namespace foreset::batch
