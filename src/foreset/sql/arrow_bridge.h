// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/sql/duckdb_handle.h"

// Rows between Arrow and DuckDB. For the sources of this folder only. Not thread-safe.
namespace foreset::sql {

// How Arrow batches of one schema become DuckDB's chunks. Columns are zero-copy where their layout
// allows it: chunks share the batch's memory.
class ArrowToDuckDb {
 public:
  // kQueryInvalid when DuckDB has no such type.
  static Result<ArrowToDuckDb> Make(duckdb_connection connection,
                                    std::shared_ptr<arrow::Schema> schema);
  // At most as many rows as one of DuckDB's vectors holds.
  Result<ChunkHandle> Convert(const arrow::RecordBatch& batch) const;
  // The types of the columns.
  Result<std::vector<TypeHandle>> Types() const;

 private:
  duckdb_connection connection_ = nullptr;  // of the engine, which outlives this
  std::shared_ptr<arrow::Schema> schema_;
  ArrowSchemaHandle converted_;
};

// How a result's chunks become Arrow batches.
class DuckDbToArrow {
 public:
  static Result<DuckDbToArrow> Make(duckdb_result& result);
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  Result<std::shared_ptr<arrow::RecordBatch>> Convert(duckdb_data_chunk chunk) const;

 private:
  ArrowOptionsHandle options_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace foreset::sql
