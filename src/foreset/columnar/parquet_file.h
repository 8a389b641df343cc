// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace parquet {
class FileMetaData;
}  // namespace parquet

namespace foreset {

// A parsed footer. Immutable; a caller that opens a file again may keep it, to save its fetch.
using ParquetFooter = std::shared_ptr<parquet::FileMetaData>;

struct ParquetReadOptions {
  // Top-level fields, by index in the file's schema, in the order wanted; absent: all. Without
  // any, the batches have rows but no columns.
  std::optional<std::vector<int>> fields;
  std::int64_t batch_rows = 64L << 10U;
};

// The rows of one file, in order. Not thread-safe; keeps its file's resources alive, except the
// store.
class ParquetBatches {
 public:
  virtual ~ParquetBatches() = default;
  // At most batch_rows rows; null after the last.
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;
};

// One Parquet object of a store. Failures of the store come out as they are; anything that is
// wrong with the bytes is kCorruption (kParquetDamaged) naming the path. Types are Arrow's for the
// Parquet types, timestamps with INT96 in microseconds; an Arrow schema that the writer embedded
// is respected (so strings may come as large or dictionary types from others' files). Field ids
// stand in the fields' metadata as "PARQUET:field_id". Not thread-safe.
class ParquetFile {
 public:
  // `store` must outlive the file. `footer`, when given, must be this object's.
  static Result<std::unique_ptr<ParquetFile>> Open(const ObjectStore& store, std::string path,
                                                   ParquetFooter footer = nullptr);
  virtual ~ParquetFile() = default;

  virtual const ParquetFooter& footer() const = 0;
  virtual std::int64_t rows() const = 0;
  virtual const std::shared_ptr<arrow::Schema>& schema() const = 0;
  // Indexes of top-level fields. Names compare exactly.
  virtual std::optional<int> FindField(std::string_view name) const = 0;
  virtual std::optional<int> FindFieldById(std::int32_t field_id) const = 0;

  // Streams all rows; several streams may be open. Fetches one row group's wanted columns at a
  // time, in as few ranges as their layout allows.
  virtual Result<std::unique_ptr<ParquetBatches>> Read(const ParquetReadOptions& options) const = 0;
};

// The id that the Parquet schema gives the field, if any.
std::optional<std::int32_t> ParquetFieldId(const arrow::Field& field);
// The field with that id, for writing.
std::shared_ptr<arrow::Field> WithParquetFieldId(const std::shared_ptr<arrow::Field>& field,
                                                 std::int32_t field_id);

}  // namespace foreset
