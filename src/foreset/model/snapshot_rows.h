// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "foreset/base/result.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/source_position.h"

namespace foreset {

// Where and when a source's tables were seen for a backfill.
struct SnapshotOrigin {
  SourcePosition position;
  Timestamp taken_at;  // by the source's clock
};

// Rows of a backfill as changes (operation kSnapshot); the first of them has that ordinal among
// its table's rows. `rows` has the schema's columns (ArrowSchemaOf).
Result<std::shared_ptr<ChangeBatch>> SnapshotRows(std::shared_ptr<const TableSchema> schema,
                                                  std::shared_ptr<arrow::RecordBatch> rows,
                                                  const SnapshotOrigin& origin,
                                                  std::uint64_t first_ordinal);

}  // namespace foreset
