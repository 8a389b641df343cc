// SPDX-License-Identifier: MIT
#include "foreset/pipeline/row_set.h"

#include <numeric>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/lake/row_key.h"

namespace foreset::pipeline {

Result<DigestedRows> RowDigester::Digest(const arrow::RecordBatch& batch) const {
  const TableSchema& schema = projection_.schema();
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  for (const ColumnSchema& column : schema.columns) {
    auto array = batch.GetColumnByName(column.name);
    if (array == nullptr) {
      return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing,
                 fmt::format("{} has no column {}", schema.id.ToString(), column.name));
    }
    fields.push_back(arrow::field(column.name, array->type()));
    arrays.push_back(std::move(array));
  }
  DigestedRows digested;
  digested.columns = arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch.num_rows(),
                                              std::move(arrays));
  std::vector<int> all(schema.columns.size());
  std::iota(all.begin(), all.end(), 0);
  digested.rows = TRY(lake::RowKey(all, true).Digests(*digested.columns));
  digested.keys = schema.key_kind == KeyKind::kWholeRow
                      ? digested.rows
                      : TRY(projection_.Key().Digests(*digested.columns));
  digested.origin.resize(digested.rows.size());
  std::iota(digested.origin.begin(), digested.origin.end(), 0);
  return digested;
}

std::string RowDigester::KeyText(const arrow::RecordBatch& columns, std::int64_t index) const {
  const TableSchema& schema = projection_.schema();
  std::string text;
  const auto add = [&](std::size_t column) {
    const auto scalar = columns.column(static_cast<int>(column))->GetScalar(index);
    if (!text.empty()) text += ", ";
    text += schema.columns[column].name + "=" + (scalar.ok() ? (*scalar)->ToString() : "?");
  };
  for (const std::size_t column : schema.key) add(column);
  if (schema.key.empty()) {
    for (std::size_t column = 0; column < schema.columns.size(); ++column) add(column);
  }
  return text;
}

void RowSet::Add(const Hash128& row) {
  ++rows;
  const std::uint64_t low = sum.low + row.low;
  sum.high += row.high + (low < sum.low ? 1 : 0);
  sum.low = low;
}

std::string RowSet::Checksum() const { return fmt::format("{:016x}{:016x}", sum.high, sum.low); }

}  // namespace foreset::pipeline
