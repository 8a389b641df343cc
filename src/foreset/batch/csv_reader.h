// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/batch/bad_rows.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/input_files.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// One CSV file as rows for SQL, none of which gets lost: every row of the file is either read or
// told as bad. Not thread-safe; one at a time for an engine.
class CsvReader {
 public:
  using BadRowSink = std::function<Status(BadRow)>;

  // Looks through the whole file. Torn rows are told to `bad` and left out of what is read: of a
  // file that has some, a copy without them is made in `temporary_folder`. The file outlives this.
  static Result<CsvReader> Open(const LocalFile& file, const std::string& name,
                                const CsvDialect& dialect, const std::string& temporary_folder,
                                const BadRowSink& bad);
  ~CsvReader();
  CsvReader(CsvReader&& other) noexcept;
  CsvReader& operator=(CsvReader&&) = delete;

  // What stands after FROM. All columns must be asked for: what is not, is not looked at.
  const std::string& from() const { return from_; }

  // After the last of `rows` rows was read: tells the bad ones to the sink, in the order of their
  // lines; how many rows were bad in all. kRowsUnaccounted unless rows and bad rows are the file's.
  Result<std::uint64_t> Finish(sql::Engine& engine, std::uint64_t rows, const BadRowSink& bad);

 private:
  CsvReader(const LocalFile& file, std::string name) : file_(&file), name_(std::move(name)) {}
  Status CopySound(const CsvDialect& dialect, const std::string& temporary_folder);

  const LocalFile* file_;
  std::string name_;
  std::string copy_;  // empty: the file itself is read
  std::string from_;
  std::uint64_t rows_ = 0;
  std::vector<std::uint64_t> torn_lines_;
};

}  // namespace foreset::batch
