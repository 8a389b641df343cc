// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace foreset {

struct ParquetWriteOptions {
  // A row group ends at the first of both bounds. The bytes are Arrow's, before encoding, and
  // bound the memory that the writer holds.
  std::int64_t row_group_rows = 1L << 20U;
  std::int64_t row_group_bytes = 64L << 20U;
};

// Streams record batches into one new Parquet object: zstd level 1, dictionaries where they help,
// timestamps in microseconds, never INT96. Dropping it unfinished leaves nothing visible.
// A column with large values in the first batch (kLargeValueBytes) has no dictionary and no
// statistics: the library would hold such a value seven times over, and few readers ask for them.
// Not thread-safe.
class ParquetWriter {
 public:
  // Field ids are taken from the fields' metadata ("PARQUET:field_id"); other metadata stay out of
  // the file.
  static Result<std::unique_ptr<ParquetWriter>> Open(ObjectStore& store, const std::string& path,
                                                     std::shared_ptr<arrow::Schema> schema,
                                                     const ParquetWriteOptions& options = {});
  virtual ~ParquetWriter() = default;

  static constexpr std::int64_t kLargeValueBytes = 1L << 20U;
  // False when the batch has large values in a column that had none in the first one: it had better
  // begin a file of its own. Writing it here is right all the same, and takes more memory.
  virtual bool Suits(const arrow::RecordBatch& batch) const = 0;
  // The batch may differ from the schema in names, nullability and metadata only. kInvalidInput
  // when a column that may not be NULL has NULLs.
  virtual Status Write(const arrow::RecordBatch& batch) = 0;
  virtual std::int64_t rows() const = 0;
  // Estimated size of the object if it were finished now.
  virtual std::int64_t bytes() const = 0;
  // Makes the object durable and visible; its size.
  virtual Result<std::int64_t> Finish() = 0;
};

}  // namespace foreset
