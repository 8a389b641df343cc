// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/job.h"
#include "foreset/storage/object_store.h"
#include "foreset/storage/open.h"

namespace foreset::batch {

enum class LoadMode : std::uint8_t { kAppend, kOverwrite, kUpsert };

struct CsvLoadOptions {
  std::vector<std::string> inputs;  // files, patterns, folders, URIs
  StoreOptions stores;              // for inputs in Azure
  CsvWishes wishes;
  std::string schema;  // "Id BIGINT, Price DECIMAL(18,2)": goes into wishes.types
  LoadMode mode = LoadMode::kAppend;
  std::vector<std::string> key;  // of mode upsert
  bool evolve = false;           // columns that the table lacks are added
  bool same_columns = false;     // a file with other columns than the first one is refused
  std::string bad_rows;          // the side file; empty: a file with bad rows is not loaded
  JobSettings job;
  std::vector<FileFormat> formats = {FileFormat::kCsv};  // that are taken; the first one by default
  // With it, files that were loaded before are read too, and every row is shown to it as the table
  // keeps it. Beside job.dry_run.
  std::function<Status(const arrow::RecordBatch&)> show;
};

enum class FileOutcome : std::uint8_t { kLoaded, kSkipped, kChecked };

struct LoadedFile {
  std::string name;
  FileOutcome outcome = FileOutcome::kLoaded;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t replaced = 0;  // rows of the table, in mode upsert
  std::optional<CsvDialect> dialect;
  std::vector<std::string> columns;  // that the file has, where it was read
};

struct LoadReport {
  std::vector<LoadedFile> files;
  std::vector<std::string> others;  // in the folders, and no CSV files by their names
  std::vector<CsvColumn> columns;   // of the table, as SQL names their types
  std::optional<std::int64_t> version;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t replaced = 0;
  double seconds = 0;
};

// Loads CSV files (or Parquet and JSON, where a job takes them: their rows are never bad, a file is
// whole or damaged) into a Delta table, each in one commit that remembers it: what is in the table
// already is skipped, so a run that broke off is made good by another. In mode overwrite all files
// are one commit, and nothing is skipped. Bad rows stand in the side file before the commit of the
// rest. Memory: bounded by job.memory_limit_bytes and one row group. An error leaves the files
// before it loaded; it names the file.
Result<LoadReport> LoadCsv(std::shared_ptr<ObjectStore> table, const std::string& name,
                           const CsvLoadOptions& options);

}  // namespace foreset::batch
