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
#include "foreset/delta/snapshot.h"
#include "foreset/sql/row_condition.h"

namespace foreset::cli {

class Command;

// Which rows and columns of a table, as the command line says it.
struct RowQuery {
  std::vector<std::string> columns;   // empty: all
  std::string where;                  // a condition in SQL; empty: every row
  std::optional<std::int64_t> limit;  // 0: no limit; absent: the command's default
};

// Adds --where, --columns and --limit; `query` must outlive parsing.
void AddRowQueryOptions(Command command, RowQuery& query);

// A query brought together with a table's schema. Not thread-safe.
class RowScan {
 public:
  // Gets at most one slice of rows at a time; they are part of a larger batch.
  using Sink = std::function<Status(const std::shared_ptr<arrow::RecordBatch>&)>;

  // kColumnUnknown names the nearest column; the condition is sql::RowCondition's.
  static Result<RowScan> Prepare(const arrow::Schema& schema, const RowQuery& query);

  // Of the rows that the sink gets.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  // Streams the rows of the snapshot, or of one of its files.
  Status Run(ObjectStore& store, const delta::Snapshot& snapshot, const Sink& sink) const;
  Status RunFile(ObjectStore& store, const delta::Snapshot& snapshot, const delta::AddFile& file,
                 const Sink& sink) const;

 private:
  class Gathering;
  Status Pass(const std::shared_ptr<arrow::RecordBatch>& batch, const Sink& sink) const;

  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::string> read_;  // the wanted columns, then those that only the filter needs
  std::shared_ptr<sql::RowCondition> filter_;  // null: every row. Shared by copies of the scan
};

// Streams at most `limit` rows (0: all) of the snapshot; false when there were more.
Result<bool> RunLimited(const RowScan& scan, ObjectStore& store, const delta::Snapshot& snapshot,
                        std::int64_t limit, const RowScan::Sink& sink);

}  // namespace foreset::cli
