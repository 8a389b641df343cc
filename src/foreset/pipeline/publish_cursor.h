// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/transaction_records.h"
#include "foreset/lake/progress.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset::pipeline {

// The place of an item in a table's log. The change of schema by which a copied table begins has
// the sequence of the first row: it comes first.
struct LogPlace {
  Sequence sequence;
  bool row = false;  // of a row, not of a schema change
  auto operator<=>(const LogPlace&) const = default;
};

// How far one bronze table has been published.
struct TableCursor {
  std::string table_id;        // the Delta table's own id: another one means that it was made anew
  lake::BatchNumber batch;     // of the last change published
  LogPlace place;              // of the last item published
  bool snapshot_rows = false;  // some rows of the first copy are out
  bool snapshot_done = false;  // all are
  bool operator==(const TableCursor&) const = default;
};

// How far publishing has come. It is the value of the last record of the progress topic, written
// in the same Kafka transaction as what it speaks of.
struct PublishCursor {
  std::string writer;       // the run that wrote it
  SourcePosition position;  // everything before it is out
  std::map<TableId, TableCursor> tables;
  // The first copy's rows have begun to be published, and are not all out.
  bool snapshot_begun = false;
  // A source transaction of which more may come; its id is empty when there is none.
  debezium::TransactionCounts transaction;
  // Of the last streamed row: Debezium shows them in the events of DDL.
  std::uint32_t server_id = 0;
  std::uint32_t event_row = 0;
  Timestamp newest_commit;  // of the source, published
  std::uint64_t records = 0;
  bool operator==(const PublishCursor&) const = default;
};

std::string ToJson(const PublishCursor& cursor);
// kCorruption (kKafkaProgressDamaged) when the text is not such an object.
Result<PublishCursor> PublishCursorFromJson(std::string_view json);

}  // namespace foreset::pipeline
