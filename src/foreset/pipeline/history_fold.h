// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/lake/projection.h"
#include "foreset/model/schema_change.h"
#include "foreset/pipeline/column_origins.h"
#include "foreset/pipeline/row_set.h"

namespace foreset::pipeline {

// The current rows that a history table implies: the last row of each key, unless it is a DELETE,
// a TRUNCATE came after it or the table was made anew since. What a schema change gave to rows that
// it did not touch (a default, a new name) has no row in history: ColumnOrigins knows it. Keyless
// tables cannot be folded: an update tells the new row only. Not thread-safe.
class HistoryFold {
 public:
  // Rows at or after `limit` are left out.
  HistoryFold(const lake::Projection& projection, const std::vector<SchemaChange>& changes,
              Sequence limit);

  // Rows as a history table has them.
  Status Add(const arrow::RecordBatch& history);
  // Rows that have the projection's columns already.
  Status AddMapped(const arrow::RecordBatch& history);
  // The digests of the current rows; DigestedRows::columns is null.
  Status Emit(const DigestSink& sink) const;

 private:
  struct Last {
    Sequence sequence;
    Hash128 row;
    bool alive = false;
  };

  RowDigester digester_;
  Sequence limit_;
  // Of a table with all columns; a dimension's columns are fixed.
  std::optional<ColumnOrigins> origins_;
  Sequence truncated_;
  std::unordered_map<Hash128, Last> last_;
};

}  // namespace foreset::pipeline
