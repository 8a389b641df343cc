// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/job.h"
#include "foreset/delta/snapshot.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

struct FilterOptions {
  std::string where;                  // as in sql::RowCondition; empty: every row
  std::vector<std::string> columns;   // in this order; empty: all
  std::optional<std::int64_t> limit;  // absent: none
};

// The rows of one version of a table for which a condition holds, as they stream by, in types that
// Delta has. Only the columns that are needed are read. Not thread-safe.
class FilteredRows {
 public:
  // The condition is checked as sql::RowCondition's. kQueryInvalid for an unknown wanted column.
  static Result<FilteredRows> Open(std::shared_ptr<ObjectStore> store,
                                   std::shared_ptr<const delta::Snapshot> snapshot,
                                   const FilterOptions& options, const JobSettings& job);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  // Null after the last row. kCancelled once a stop is requested.
  Result<std::shared_ptr<arrow::RecordBatch>> Next();
  std::uint64_t rows() const { return pace_.rows(); }

 private:
  FilteredRows(TemporaryFolder folder, std::unique_ptr<sql::Engine> engine, Pace pace)
      : folder_(std::move(folder)), engine_(std::move(engine)), pace_(std::move(pace)) {}

  TemporaryFolder folder_;  // outlives the engine
  std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<sql::QueryResult> result_;
  std::shared_ptr<arrow::Schema> schema_;
  Pace pace_;
};

}  // namespace foreset::batch
