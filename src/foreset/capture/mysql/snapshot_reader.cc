// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/snapshot_reader.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/capture/mysql/key_range.h"
#include "foreset/capture/mysql/text_decoder.h"
#include "foreset/model/arrow_types.h"

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

  Status Append(const SqlRowView& row) {
    RETURN_IF_ERROR(decoder_.Append(row));
    if (decoder_.rows() >= SnapshotReader::kMaxBatchRows ||
        decoder_.bytes() >= SnapshotReader::kMaxBatchBytes) {
      return Flush();
    }
    return {};
  }

  Status Flush() {
    const std::size_t rows = decoder_.rows();
    if (rows == 0) return {};
    auto batch = std::make_shared<ChangeBatch>();
    batch->schema = schema_;
    batch->after = TRY(decoder_.Finish(batch->rescued));
    batch->before = TRY(NullRows(rows));
    batch->operations.assign(rows, Operation::kSnapshot);
    batch->transaction_of.assign(rows, 0);
    batch->event_offsets.assign(rows, origin_.position.offset);
    batch->transactions.push_back(Transaction());
    batch->sequences.reserve(rows);
    batch->event_rows.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      batch->sequences.push_back(origin_.position.ForSnapshotRow(first_ + i));
      batch->event_rows.push_back(static_cast<std::uint32_t>(first_ + i));
    }
    first_ += rows;
    return sink_(std::move(batch));
  }

 private:
  SourceTransaction Transaction() const {
    const SourcePosition& position = origin_.position;
    return {.id = fmt::format("file={},pos={}", position.file, position.offset),
            .gtid = {},
            .file = position.file,
            .offset = position.offset,
            .committed_at = origin_.taken_at};
  }

  Result<std::shared_ptr<arrow::RecordBatch>> NullRows(std::size_t rows) const {
    const std::shared_ptr<arrow::Schema> schema = ArrowSchemaOf(*schema_);
    arrow::ArrayVector columns;
    for (const auto& field : schema->fields()) {
      auto column = arrow::MakeArrayOfNull(field->type(), static_cast<std::int64_t>(rows));
      if (!column.ok()) {
        return Err(ErrorKind::kInternal, ErrorCode::kInternal, column.status().ToString());
      }
      columns.push_back(*std::move(column));
    }
    return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(rows), std::move(columns));
  }

  const std::shared_ptr<const TableSchema> schema_;
  const SnapshotOrigin& origin_;
  const BackfillReader::Sink& sink_;
  TextDecoder decoder_;
  std::uint64_t first_;  // ordinal of the decoder's first row
};

}  // namespace

Result<BackfillCursor> SnapshotReader::ReadChunk(std::shared_ptr<const TableSchema> schema,
                                                 const BackfillCursor& from, std::size_t max_rows,
                                                 const Sink& sink, const std::stop_token& stop) {
  if (from.done) return from;
  BackfillCursor cursor = from;
  BatchMaker maker(schema, origin_, from.rows, sink);
  const std::uint64_t last = from.rows + max_rows;
  const auto take = [&](const SqlRowView& row) -> Status {
    ++cursor.rows;
    if (!schema->key.empty() && cursor.rows == last) {
      cursor.after_key.clear();
      for (const std::size_t column : schema->key) {
        const std::string_view value(row.values[column], row.lengths[column]);
        cursor.after_key.push_back(KeyLiteral(schema->columns[column], value, connection_));
      }
    }
    return maker.Append(row);
  };
  Status read = connection_.Stream(ChunkQuery(*schema, from.after_key, max_rows), take, stop);
  if (!read) {
    return std::unexpected(std::move(read).error().Within("reading " + schema->id.ToString()));
  }
  RETURN_IF_ERROR(maker.Flush());
  cursor.done = schema->key.empty() || cursor.rows < last;
  return cursor;
}

}  // namespace foreset::mysql
