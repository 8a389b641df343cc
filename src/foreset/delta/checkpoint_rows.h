// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/status.h>
#include <arrow/table_builder.h>
#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

namespace foreset::delta {

// Actions as rows of a checkpoint (PROTOCOL.md, "Checkpoint Schema"): one nullable struct column a
// kind of action, exactly one of them set in a row. Not thread-safe.
class CheckpointRows {
 public:
  CheckpointRows();

  static std::shared_ptr<arrow::Schema> schema();

  // Kinds that a checkpoint never holds (commitInfo, cdc, unknown ones) are skipped. dataChange is
  // false in checkpoints. A failure to allocate is remembered until Take.
  void Append(const Action& action);
  std::int64_t size() const { return rows_; }
  // The rows so far; there are none afterwards.
  Result<std::shared_ptr<arrow::RecordBatch>> Take();

 private:
  std::unique_ptr<arrow::RecordBatchBuilder> builder_;
  arrow::Status status_;
  std::int64_t rows_ = 0;
};

}  // namespace foreset::delta
