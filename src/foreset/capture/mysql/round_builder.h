// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/row_decoder.h"
#include "foreset/capture/source.h"
#include "foreset/model/arrow_types.h"

namespace foreset::mysql {

// The items of the round that is being made: one open batch a table, filled by several
// transactions, and what is not a batch, in order. Knows which rows belong to the transaction that
// is under way, so that they can be taken back. Not thread-safe.
class RoundBuilder {
 public:
  // `largest_row` as BatchBuilder has it.
  RoundBuilder(DateTimeAs datetime, std::size_t largest_row)
      : datetime_(datetime), largest_row_(largest_row) {}

  // Rows of a table; a batch under an older schema is closed first. Returns their number.
  Result<std::uint64_t> AppendRows(const RowPlan& plan, const RowsEvent& event,
                                   const EventPlace& place);
  Status AppendTruncate(std::shared_ptr<const TableSchema> schema, const EventPlace& place);
  // Closes the table's batch, so that the change stands after it.
  Status AppendSchemaChange(SchemaChange change);

  // From here on rows belong to a new transaction.
  void BeginTransaction();
  // The transaction has rows, here or in a round taken before.
  bool transaction_has_rows() const { return transaction_rows_ > 0; }
  // A place within the transaction, for TakeBack.
  std::uint64_t Mark() const { return transaction_rows_; }
  // Drops the transaction's rows after the mark (0: all). kUnsupported with kRollbackTooLate when
  // some of them are gone with an earlier round.
  Status TakeBack(std::uint64_t mark);

  bool empty() const { return items_.empty() && open_.empty(); }
  std::size_t bytes() const { return bytes_; }
  std::uint64_t quarantined() const { return quarantined_; }

  // Everything so far; the transaction under way goes on in the next round.
  Result<std::vector<CaptureItem>> Take();

 private:
  // Rows that the current transaction has added, in order: enough to undo them.
  struct Run {
    std::uint64_t mark;  // transaction_rows_ before
    BatchBuilder* builder;
    std::size_t first_row;
  };

  Result<BatchBuilder*> Open(const std::shared_ptr<const TableSchema>& schema);
  Status Close(const TableId& table);
  void Note(BatchBuilder* builder, std::size_t first_row, std::uint64_t rows);

  DateTimeAs datetime_;
  std::size_t largest_row_;
  std::vector<CaptureItem> items_;
  std::map<TableId, std::unique_ptr<BatchBuilder>> open_;
  std::vector<QuarantinedRecord> refused_;
  std::vector<Run> runs_;
  std::uint64_t transaction_rows_ = 0;
  std::uint64_t taken_rows_ = 0;  // of them in rounds taken before, or in closed batches
  std::size_t bytes_ = 0;
  std::uint64_t quarantined_ = 0;
};

}  // namespace foreset::mysql
