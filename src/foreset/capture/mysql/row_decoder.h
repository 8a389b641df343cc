// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/column_plan.h"
#include "foreset/capture/mysql/rows_event.h"
#include "foreset/capture/mysql/table_map.h"
#include "foreset/capture/source.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// How rows of one table map become rows of one schema. Immutable.
struct RowPlan {
  std::shared_ptr<const TableSchema> schema;
  std::vector<ColumnPlan> columns;

  // kInvalidInput with kSchemaMismatch when the event's columns are not those of the schema:
  // number, types, names (where told), character sets, labels.
  static Result<RowPlan> Make(const TableMap& map, std::shared_ptr<const TableSchema> schema);
};

// Before the second image of PARTIAL_UPDATE_ROWS: a bit for each JSON column that says whether
// diffs stand in place of its value. Empty: none has any.
Bytes TakePartialColumns(const RowPlan& plan, ByteReader& in);

// Where an event stands, and in which transaction.
struct EventPlace {
  SourceEpoch epoch;
  std::uint32_t file_number = 0;
  std::uint64_t position = 0;            // start of the event, or of the payload that it is in
  std::uint64_t first_row = 0;           // ordinal of its first row at that position
  std::uint64_t transaction_number = 0;  // counts transactions; never 0
  const SourceTransaction* transaction = nullptr;
};

// Collects rows of one table under one schema and becomes a ChangeBatch. Not thread-safe.
class BatchBuilder {
 public:
  // `largest_row`: how many bytes an image of a row may have.
  static Result<std::unique_ptr<BatchBuilder>> Open(std::shared_ptr<const TableSchema> schema,
                                                    DateTimeAs datetime, std::size_t largest_row);
  ~BatchBuilder();

  // Appends all rows of the event and returns how many there were. A row with a value that cannot
  // be decoded goes to `quarantined` instead of the batch. kCorruption with kBinlogEventDamaged
  // when the bytes end within a row; kUnsupported with kRowImageIncomplete when columns are
  // missing: both leave the builder usable only for what it had before. kInvalidInput with
  // kRowTooLarge: nothing was appended.
  Result<std::uint64_t> Append(const RowPlan& plan, const RowsEvent& event, const EventPlace& place,
                               std::vector<QuarantinedRecord>& quarantined);
  // One row of operation kTruncate.
  void AppendTruncate(const EventPlace& place);

  const std::shared_ptr<const TableSchema>& schema() const;
  std::size_t size() const;   // rows, also those that are going to be dropped
  std::size_t bytes() const;  // estimate of the memory that the batch will hold

  // Takes back all rows from `row` on (a size() of before): their transaction was rolled back.
  void DropFrom(std::size_t row);

  // The batch; null when no row is left. Once.
  Result<std::shared_ptr<const ChangeBatch>> Finish();

 private:
  class Impl;
  explicit BatchBuilder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foreset::mysql
