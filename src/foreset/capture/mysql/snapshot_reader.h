// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/source.h"
#include "foreset/model/snapshot_rows.h"

namespace foreset::mysql {

// What the server showed for each table (SHOW CREATE TABLE) when the snapshot was opened.
using TableStatements = std::map<TableId, std::string>;
// Tables that cannot be copied, and why.
using RefusedTables = std::map<TableId, Error>;

// Reads tables on a connection that stands in a consistent snapshot. Rows get the snapshot's
// position and their ordinal as `_seq`. Not thread-safe; holds the transaction as long as it lives.
class SnapshotReader final : public BackfillReader {
 public:
  // `largest_row`: how many bytes a row may have.
  SnapshotReader(Connection connection, SnapshotOrigin origin,
                 std::shared_ptr<const TableStatements> statements,
                 std::shared_ptr<const RefusedTables> refused, std::size_t largest_row)
      : connection_(std::move(connection)),
        origin_(std::move(origin)),
        statements_(std::move(statements)),
        refused_(std::move(refused)),
        largest_row_(largest_row) {}

  // A table that is refused is an error of that table. Batches hold at most kMaxBatchRows rows and
  // kMaxBatchBytes of text, or one row. kInvalidInput (kRowTooLarge) before a row that is too
  // large, (kRowsMissing) when a table without a key has another number of rows than came;
  // kTransient (kAlteredSinceSnapshot) when the table is another one by now than at the snapshot.
  // After an error the connection is not usable any more.
  Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                   const BackfillCursor& from, std::size_t max_rows,
                                   const Sink& sink, const std::stop_token& stop) override;

  static constexpr std::size_t kMaxBatchRows = 64UL << 10U;
  static constexpr std::size_t kMaxBatchBytes = 8UL << 20U;

 private:
  Status ReadRows(const TableSchema& schema, const std::string& query,
                  const Connection::RowSink& take, const std::stop_token& stop);
  Status CheckCount(const TableSchema& schema, std::uint64_t rows);
  Result<bool> IsAltered(const TableId& id);

  Connection connection_;
  SnapshotOrigin origin_;
  std::shared_ptr<const TableStatements> statements_;
  std::shared_ptr<const RefusedTables> refused_;
  const std::size_t largest_row_;
};

}  // namespace foreset::mysql
