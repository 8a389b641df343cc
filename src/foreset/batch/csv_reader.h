// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/bad_rows.h"
#include "foreset/batch/csv_columns.h"
#include "foreset/batch/csv_dialect.h"
#include "foreset/batch/csv_rows.h"
#include "foreset/batch/input_files.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// One CSV file as rows of types, none of which gets lost or changed: every row of the file is
// either read exactly or told as bad, in the file's order (after their batch those whose types only
// SQL reads). Memory: one batch, and one row of the file. Not thread-safe; the engine is used
// during calls only.
class CsvReader {
 public:
  using BadRowSink = std::function<Status(BadRow)>;

  // The dialect's columns have types. File, dialect and engine outlive this.
  static Result<CsvReader> Open(const LocalFile& file, std::string name, const CsvDialect& dialect,
                                sql::Engine& engine, BadRowSink bad);
  CsvReader(CsvReader&& other) noexcept;
  ~CsvReader();

  // The columns as a Delta table keeps them.
  const std::shared_ptr<arrow::Schema>& columns() const;
  // Null after the last row; not empty. kRowsUnaccounted when SQL gives other rows than it took.
  Result<std::shared_ptr<arrow::RecordBatch>> Next();
  std::uint64_t bad_rows() const;

 private:
  class Impl;
  explicit CsvReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foreset::batch
