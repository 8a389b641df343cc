// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/snapshot_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/key_range.h"
#include "foreset/capture/mysql/row_limit.h"
#include "foreset/capture/mysql/text_decoder.h"
#include "foreset/model/snapshot_rows.h"

namespace foreset::mysql {
namespace {

// Gathers rows into batches and hands them on.
class BatchMaker {
 public:
  BatchMaker(std::shared_ptr<const TableSchema> schema, const SnapshotOrigin& origin,
             std::uint64_t first_ordinal, const BackfillReader::Sink& sink)
      : schema_(std::move(schema)),
        origin_(origin),
        sink_(sink),
        decoder_(schema_),
        first_(first_ordinal) {}

  // Hands on what there is before a row that would make it too much.
  Status Append(const SqlRowView& row) {
    if (decoder_.bytes() + SizeOf(row) > SnapshotReader::kMaxBatchBytes) RETURN_IF_ERROR(Flush());
    return decoder_.Append(row);
  }

  bool full() const {
    return decoder_.rows() >= SnapshotReader::kMaxBatchRows ||
           decoder_.bytes() >= SnapshotReader::kMaxBatchBytes;
  }

  Status Flush() {
    const std::size_t rows = decoder_.rows();
    if (rows == 0) return {};
    std::vector<RescuedValue> rescued;
    auto after = TRY(decoder_.Finish(rescued));
    auto batch = TRY(SnapshotRows(schema_, std::move(after), origin_, first_));
    batch->rescued = std::move(rescued);
    first_ += rows;
    return sink_(std::move(batch));
  }

 private:
  const std::shared_ptr<const TableSchema> schema_;
  const SnapshotOrigin& origin_;
  const BackfillReader::Sink& sink_;
  TextDecoder decoder_;
  std::uint64_t first_;  // ordinal of the decoder's first row
};

// A definition without how far AUTO_INCREMENT has come: one of the options behind the columns,
// before any comment.
std::string WithoutCounter(std::string statement) {
  constexpr std::string_view kCounter = " AUTO_INCREMENT=";
  const std::size_t options = statement.rfind("\n)");
  if (options == std::string::npos) return statement;
  const std::size_t begin = statement.find(kCounter, options);
  if (begin == std::string::npos) return statement;
  const std::size_t end = statement.find_first_not_of("0123456789", begin + kCounter.size());
  return statement.erase(begin, std::min(end, statement.size()) - begin);
}

Status NullInKey(const TableSchema& schema) {
  return Err(ErrorKind::kCorruption, source_error::kAnswerMalformed,
             fmt::format("{}: a row has NULL in its key", schema.id.ToString()));
}

}  // namespace

// Nothing but their number tells whether all rows of a table without a key came. A table with one
// is read until a range after its last key brings fewer than were asked for.
Status SnapshotReader::CheckCount(const TableSchema& schema, std::uint64_t rows) {
  const std::string count = TRY(connection_.QueryValue(fmt::format("SELECT COUNT(*) FROM {}.{}",
                                                                   QuoteName(schema.id.database),
                                                                   QuoteName(schema.id.table))))
                                .value_or("");
  if (count == std::to_string(rows)) return {};
  return Err(
      ErrorKind::kInvalidInput, source_error::kRowsMissing,
      fmt::format("{}: {} rows came, the server counts {}", schema.id.ToString(), rows, count));
}

// Asked after the table was read: from then on the transaction keeps others from altering it.
// The counter of AUTO_INCREMENT goes on by itself.
Result<bool> SnapshotReader::IsAltered(const TableId& id) {
  const auto rows = connection_.Query(
      fmt::format("SHOW CREATE TABLE {}.{}", QuoteName(id.database), QuoteName(id.table)), 2);
  if (!rows && rows.error().kind == ErrorKind::kNotFound) return true;
  RETURN_IF_ERROR(rows);
  const auto then = statements_->find(id);
  return rows->empty() || then == statements_->end() ||
         WithoutCounter(rows->front()[1].value_or("")) != WithoutCounter(then->second);
}

// A snapshot shows a table's old rows under its columns of now, where the server can read them so:
// the change of names would then be applied to them once more.
Status SnapshotReader::ReadRows(const TableSchema& schema, const std::string& query,
                                const Connection::RowSink& take, const std::stop_token& stop) {
  Status read = connection_.Stream(query, schema.columns.size(), take, stop);
  // What was gone when it was asked for may be back when it is looked for.
  const bool gone = !read && read.error().kind == ErrorKind::kNotFound;
  const bool refused = !read && read.error().kind == ErrorKind::kInvalidInput &&
                       read.error().code == ErrorCode::kSourceQueryFailed;
  if (gone || ((read || refused) && TRY(IsAltered(schema.id)))) {
    return Err(ErrorKind::kTransient, source_error::kAlteredSinceSnapshot,
               fmt::format("{} was altered after the snapshot was opened", schema.id.ToString()));
  }
  if (read) return {};
  return std::unexpected(std::move(read).error().Within("reading " + schema.id.ToString()));
}

Result<BackfillCursor> SnapshotReader::ReadChunk(std::shared_ptr<const TableSchema> schema,
                                                 const BackfillCursor& from, std::size_t max_rows,
                                                 const Sink& sink, const std::stop_token& stop) {
  if (from.done) return from;
  if (const auto refused = refused_->find(schema->id); refused != refused_->end()) {
    return std::unexpected(refused->second);
  }
  BackfillCursor cursor = from;
  BatchMaker maker(schema, origin_, from.rows, sink);
  const std::uint64_t last = from.rows + max_rows;
  const auto take = [&](const SqlRowView& row) -> Status {
    RETURN_IF_ERROR(CheckRowSize(*schema, row, largest_row_));
    ++cursor.rows;
    if (!schema->key.empty() && cursor.rows == last) {
      cursor.after_key.clear();
      for (const std::size_t column : schema->key) {
        if (row.values[column] == nullptr) return NullInKey(*schema);
        const std::string_view value(row.values[column], row.lengths[column]);
        cursor.after_key.push_back(KeyLiteral(schema->columns[column], value, connection_));
      }
    }
    RETURN_IF_ERROR(maker.Append(row));
    if (!maker.full()) return {};
    connection_.GiveBackBuffer();
    return maker.Flush();
  };
  RETURN_IF_ERROR(ReadRows(*schema, ChunkQuery(*schema, from.after_key, max_rows), take, stop));
  if (schema->key.empty()) RETURN_IF_ERROR(CheckCount(*schema, cursor.rows));
  RETURN_IF_ERROR(maker.Flush());
  cursor.done = schema->key.empty() || cursor.rows < last;
  return cursor;
}

}  // namespace foreset::mysql
