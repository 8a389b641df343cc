// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/lake/bronze_table.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/schema_change.h"
#include "foreset/pipeline/publish_cursor.h"

namespace foreset::pipeline {

// One change, or schema change, of a table's log.
struct FeedItem {
  lake::BatchNumber batch;
  LogPlace place;
  std::shared_ptr<const ChangeBatch> rows;  // null for a schema change
  std::size_t row = 0;
  const SchemaChange* change = nullptr;
};

// The log of one source table as something to pull from, in order, from after a given place:
// out of memory, or out of the bronze table, of which it reads ahead up to a number of bytes and
// comes back for more. Not thread-safe.
class TableFeed {
 public:
  using Piece = std::variant<std::shared_ptr<const ChangeBatch>, SchemaChange>;

  // Of pieces in memory; they are all of batch `batch`.
  TableFeed(std::vector<Piece> pieces, lake::BatchNumber batch, LogPlace after);
  // Of the bronze table, from batch `from` on; `changes` are all its schema changes. The table must
  // outlive the feed and stay as it is.
  TableFeed(const lake::BronzeTable& table, std::vector<SchemaChange> changes,
            lake::BatchNumber from, LogPlace after, std::size_t read_ahead_bytes);

  // The next item; nothing at the end.
  Result<std::optional<FeedItem>> Peek();
  // Past what Peek gave.
  void Pop();

 private:
  struct Held {
    lake::BatchNumber batch;
    Piece piece;
  };

  void Skip();
  Status Refill();
  void HoldFirstSchema();

  std::deque<Held> held_;
  std::size_t row_ = 0;  // within the first held piece
  lake::BatchNumber batch_;
  LogPlace after_;
  const lake::BronzeTable* table_ = nullptr;
  std::vector<SchemaChange> changes_;
  std::size_t read_ahead_bytes_ = 0;
  bool exhausted_ = true;
};

}  // namespace foreset::pipeline
