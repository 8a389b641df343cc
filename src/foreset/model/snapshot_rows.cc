// SPDX-License-Identifier: MIT
#include "foreset/model/snapshot_rows.h"

#include <utility>

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/model/arrow_status.h"

namespace foreset {
namespace {

SourceTransaction TransactionOf(const SnapshotOrigin& origin) {
  const SourcePosition& position = origin.position;
  return {.id = fmt::format("file={},pos={}", position.file, position.offset),
          .gtid = {},
          .file = position.file,
          .offset = position.offset,
          .committed_at = origin.taken_at};
}

Result<std::shared_ptr<arrow::RecordBatch>> NullRows(const std::shared_ptr<arrow::Schema>& schema,
                                                     std::int64_t rows) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(field->type(), rows))));
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

}  // namespace

Result<std::shared_ptr<ChangeBatch>> SnapshotRows(std::shared_ptr<const TableSchema> schema,
                                                  std::shared_ptr<arrow::RecordBatch> rows,
                                                  const SnapshotOrigin& origin,
                                                  std::uint64_t first_ordinal) {
  const auto count = static_cast<std::size_t>(rows->num_rows());
  auto batch = std::make_shared<ChangeBatch>();
  batch->schema = std::move(schema);
  batch->before = TRY(NullRows(rows->schema(), rows->num_rows()));
  batch->after = std::move(rows);
  batch->operations.assign(count, Operation::kSnapshot);
  batch->transaction_of.assign(count, 0);
  batch->event_offsets.assign(count, origin.position.offset);
  batch->transactions.push_back(TransactionOf(origin));
  batch->sequences.reserve(count);
  batch->event_rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    batch->sequences.push_back(origin.position.ForSnapshotRow(first_ordinal + i));
    batch->event_rows.push_back(static_cast<std::uint32_t>(first_ordinal + i));
  }
  return batch;
}

}  // namespace foreset
