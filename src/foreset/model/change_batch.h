// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/model/sequence.h"
#include "foreset/model/table_schema.h"
#include "foreset/model/topic_position.h"

namespace foreset {

// What is known of a transaction of the source. For backfilled rows: of the snapshot.
struct SourceTransaction {
  std::string id;    // GTID, or "file=…,pos=…" where the server has none
  std::string gtid;  // empty where the server has none
  std::string file;
  std::uint64_t offset = 0;     // where the transaction begins
  Timestamp committed_at;       // microseconds where the GTID event has them, else whole seconds
  std::uint32_t server_id = 0;  // of the server that wrote it; 0: not known, or a snapshot
  std::uint64_t thread = 0;     // connection that made it; 0: not known
  bool operator==(const SourceTransaction&) const = default;
};

// Bytes of a value that its lake type cannot hold (a zero date, say): the value is NULL in the
// batch, and its text is kept in bronze's `_rescued`.
struct RescuedValue {
  std::size_t row = 0;
  std::string column;
  std::string text;
  std::string reason;
  bool operator==(const RescuedValue&) const = default;
};

// The changes of one table under one schema, in source order; the currency between all stages.
// Row i of every vector and of both record batches is change i. `before` and `after` have one
// nullable column for each column of the schema (ArrowSchemaOf); a snapshot or insert has a
// `before` row of NULLs, a delete an `after` row of NULLs, a truncate both.
// Whole source transactions only: all changes that a transaction made to this table are in one
// batch, or in consecutive batches of one round.
// (Topics do not tell transactions: there a batch has what a round had.)
// Immutable once built; shared by the stages that read it at the same time.
struct ChangeBatch {
  std::shared_ptr<const TableSchema> schema;
  std::vector<Operation> operations;
  // Strictly ascending for native capture; from topics ascending, equal ones being repeats.
  std::vector<Sequence> sequences;
  std::vector<std::uint32_t> event_rows;      // row within its binlog event (bronze `_row`)
  std::vector<std::uint64_t> event_offsets;   // bronze `_pos`
  std::vector<std::uint32_t> transaction_of;  // index into transactions
  std::vector<SourceTransaction> transactions;
  std::shared_ptr<arrow::RecordBatch> before;
  std::shared_ptr<arrow::RecordBatch> after;
  std::vector<RescuedValue> rescued;  // ascending by row

  // Only where changes come from topics: the records that they came from, one a row, and whether
  // bronze found a newer change of the same row there before it (known once bronze has it).
  std::vector<std::string> topics;
  std::vector<RecordPlace> places;
  std::vector<std::uint8_t> late;

  std::size_t size() const { return operations.size(); }
  bool empty() const { return operations.empty(); }
  bool from_topics() const { return !places.empty(); }
  bool IsLate(std::size_t row) const { return !late.empty() && late[row] != 0; }
  const SourceTransaction& TransactionOf(std::size_t row) const {
    return transactions[transaction_of[row]];
  }
};

// Approximate memory that a batch holds.
std::size_t MemoryBytes(const ChangeBatch& batch);

}  // namespace foreset
