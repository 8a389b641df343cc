// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/error.h"
#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {

// A record that could not be applied, with its bytes.
struct QuarantineRow {
  TableId table;
  Sequence sequence;
  SourceTransaction transaction;
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;
  std::string bytes;
  std::string topic;  // empty when the record did not come from a topic
  std::int32_t partition = 0;
  LogOffset offset{0};
  bool operator==(const QuarantineRow&) const = default;
  // Of a batch that has the table's columns, in any order. kCorruption when it has no table or
  // place.
  static Result<QuarantineRow> Of(const arrow::RecordBatch& rows, std::int64_t row);
  // What tells it from all others: its record ("topic:partition:offset"), else its place.
  std::string Id() const;
};

// `bronze/_quarantine`: _seq, _source_ts, _gtid, _file, _pos, database, table, code, reason,
// bytes, _ingested_at, _topic, _partition, _offset. Append-only. Not thread-safe.
class QuarantineTable {
 public:
  static Result<std::unique_ptr<QuarantineTable>> OpenOrCreate(std::shared_ptr<ObjectStore> store,
                                                               const LakeOptions& options);

  // Appends the rows that are not in what is covered, and says that `covered` is now; durable
  // on return. Nothing is committed without rows.
  Status Append(const std::vector<QuarantineRow>& rows, const SourcePosition& covered);
  // All rows, in no order.
  Status Read(const std::function<Status(QuarantineRow)>& sink) const;
  // Lets go of those rows, in one commit that `operation` names; durable on return. How many there
  // were.
  Result<std::uint64_t> Remove(const std::set<std::string>& ids, const std::string& operation);
  const LakeTable& table() const { return table_; }

 private:
  bool IsCovered(const QuarantineRow& row) const;

  explicit QuarantineTable(LakeTable table) : table_(std::move(table)) {}

  LakeTable table_;
};

}  // namespace foreset::lake
