// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/storage/object_store.h"

namespace foreset::delta {

// Writes one new Parquet data file of a table (unpartitioned) and its statistics. Row i of the
// file is the i-th row written. Not thread-safe.
class DataFileWriter {
 public:
  // `path` relative to the table, plain text. `schema` is the table's logical schema.
  static Result<std::unique_ptr<DataFileWriter>> Open(ObjectStore& store, std::string path,
                                                      std::shared_ptr<arrow::Schema> schema);
  virtual ~DataFileWriter() = default;
  virtual Status Write(const arrow::RecordBatch& batch) = 0;
  // As ParquetWriter has it.
  virtual bool Suits(const arrow::RecordBatch& batch) const = 0;
  virtual std::int64_t rows() const = 0;
  // Estimated size of what Finish would make.
  virtual std::int64_t bytes() const = 0;
  // Makes the object durable; the action that a commit needs to name it, numRecords, minValues,
  // maxValues and nullCount included ("Per-file Statistics").
  virtual Result<AddFile> Finish(Timestamp now) = 0;
};

}  // namespace foreset::delta
