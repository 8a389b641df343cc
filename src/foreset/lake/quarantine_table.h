// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

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
  const LakeTable& table() const { return table_; }

 private:
  bool IsCovered(const QuarantineRow& row) const;

  explicit QuarantineTable(LakeTable table) : table_(std::move(table)) {}

  LakeTable table_;
};

}  // namespace foreset::lake
