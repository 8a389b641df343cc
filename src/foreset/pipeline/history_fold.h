// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/lake/projection.h"
#include "foreset/model/schema_change.h"
#include "foreset/pipeline/row_set.h"

namespace foreset::pipeline {

// The current rows that a history table implies: the last row of each key, unless it is a DELETE
// or a TRUNCATE came after it. What a schema change gave to rows that it did not touch (a default,
// a new name) has no row in history and is applied here, from the schema changes. Keyless tables
// cannot be folded: an update tells the new row only. Not thread-safe.
class HistoryFold {
 public:
  // Rows at or after `limit` are left out.
  HistoryFold(const lake::Projection& projection, const std::vector<SchemaChange>& changes,
              Sequence limit);

  Status Add(const arrow::RecordBatch& history);
  // The digests of the current rows; DigestedRows::columns is null.
  Status Emit(const DigestSink& sink) const;

 private:
  // By the names of columns in history: rows before `sequence` have in `column` what `from` has,
  // else `otherwise` (null: NULL).
  struct Rule {
    Sequence sequence;
    std::string column;
    std::string from;
    std::shared_ptr<arrow::Scalar> otherwise;
  };
  struct Last {
    Sequence sequence;
    Hash128 row;
    bool alive = false;
  };

  void AddRules(const SchemaChange& change, const TableSchema& before);
  Result<std::shared_ptr<arrow::RecordBatch>> ApplyRules(
      const arrow::RecordBatch& history, const std::vector<Sequence>& sequences) const;
  Result<std::shared_ptr<arrow::RecordBatch>> Living(const arrow::RecordBatch& history) const;

  RowDigester digester_;
  Sequence limit_;
  std::vector<Rule> rules_;
  Sequence truncated_;
  std::unordered_map<Hash128, Last> last_;
};

}  // namespace foreset::pipeline
