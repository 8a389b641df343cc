// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/snapshot_reader.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "foreset/capture/mysql/key_range.h"
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
