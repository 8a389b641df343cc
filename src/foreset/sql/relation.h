// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::sql {

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

// Rows for one reader of a relation. Not thread-safe.
class RelationReader {
 public:
  virtual ~RelationReader() = default;
  // The columns that were asked for, in that order; null after the last row.
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;
};

// Something that queries can read as a table: parts that are read by several threads at once, and
// only the columns that a query needs. Immutable while a query runs.
class Relation {
 public:
  virtual ~Relation() = default;
  virtual const std::shared_ptr<arrow::Schema>& schema() const = 0;
  // How many rows to expect, for the order of joins; nothing when unknown.
  virtual std::optional<std::int64_t> rows() const = 0;
  virtual std::size_t parts() const = 0;
  // `columns` are indexes in the schema. Called by several threads.
  virtual Result<std::unique_ptr<RelationReader>> Read(std::size_t part,
                                                       const std::vector<int>& columns) const = 0;
};

// The batch, once; nothing where it is null.
std::unique_ptr<RelationReader> MakeBatchReader(BatchPtr batch);

// Batches in memory. All have the schema.
std::shared_ptr<const Relation> MakeBatchRelation(
    std::shared_ptr<arrow::Schema> schema,
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches);

}  // namespace foreset::sql
