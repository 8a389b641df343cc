// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/lake/progress.h"
#include "foreset/lake/projection.h"
#include "foreset/lake/row_rules.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/source_position.h"
#include "foreset/pipeline/row_set.h"
#include "foreset/storage/object_store.h"

namespace foreset::pipeline {

// One source table's lake tables as they are at a position of the source, although the pipeline
// may have gone on: the newest version that is not past the position, with the rest of the way
// taken from bronze. Reads only. Not thread-safe.
class LakeCut {
 public:
  // `bronze` is the table's own log; `changes` all its schema changes.
  // From topics changes may still come below the position: then the cut is what bronze has of them.
  // `rules` of the table outlive the cut; null: it has none.
  static Result<LakeCut> At(const SourcePosition& position, const lake::BronzeTable& bronze,
                            std::vector<SchemaChange> changes, lake::RowRules* rules);
  // Of all that bronze has now.
  static Result<LakeCut> AtEnd(const lake::BronzeTable& bronze, std::vector<SchemaChange> changes,
                               lake::RowRules* rules);

  // The batch that a silver or gold table must have applied to be readable at the cut.
  lake::BatchNumber needed_batch() const { return needed_; }
  // The schema at the cut.
  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }

  // The rows of an upserted table (silver, `_current`) at the cut. Everything but the changes
  // between version and cut is streamed.
  Status CurrentRows(std::shared_ptr<ObjectStore> table, const lake::Projection& projection,
                     const DigestSink& sink) const;
  // The rows that bronze itself says are current: the last change of each key. Memory as below. Not
  // for tables without a key.
  Status LoggedRows(const lake::Projection& projection, const DigestSink& sink) const;
  // The rows that a history table says were current at the cut: the last row of each key. Memory:
  // one entry for each key that history ever had.
  Status FoldedRows(std::shared_ptr<ObjectStore> history, const lake::Projection& projection,
                    const DigestSink& sink) const;

 private:
  LakeCut(Sequence limit, const lake::BronzeTable& bronze, lake::RowRules* rules)
      : limit_(limit), bronze_(&bronze), rules_(rules) {}

  Sequence limit_;  // changes at or above it are not in the cut
  const lake::BronzeTable* bronze_;
  lake::RowRules* rules_;
  std::vector<SchemaChange> changes_;
  std::shared_ptr<const TableSchema> schema_;
  lake::BatchNumber at_{0};  // the last batch that is wholly before the cut
  lake::BatchNumber needed_{0};
};

// What a lake table's progress says; nothing when there is no table.
Result<std::optional<lake::Progress>> ReadProgress(std::shared_ptr<ObjectStore> table);

}  // namespace foreset::pipeline
