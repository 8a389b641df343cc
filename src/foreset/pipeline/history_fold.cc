// SPDX-License-Identifier: MIT
#include "foreset/pipeline/history_fold.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

namespace foreset::pipeline {
namespace {

std::unexpected<Error> DamagedHistory(std::string what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing, std::move(what));
}

Result<std::vector<Sequence>> SequencesOf(const arrow::RecordBatch& batch) {
  const auto column = batch.GetColumnByName("_seq");
  if (column == nullptr || column->type_id() != arrow::Type::STRING) {
    return DamagedHistory("history has no _seq");
  }
  const auto& texts = static_cast<const arrow::StringArray&>(*column);
  std::vector<Sequence> sequences;
  sequences.reserve(static_cast<std::size_t>(texts.length()));
  for (std::int64_t i = 0; i < texts.length(); ++i) {
    const auto sequence = Sequence::Parse(texts.GetView(i));
    if (!sequence) return DamagedHistory(fmt::format("'{}' is not a _seq", texts.GetView(i)));
    sequences.push_back(*sequence);
  }
  return sequences;
}

}  // namespace

HistoryFold::HistoryFold(const lake::Projection& projection,
                         const std::vector<SchemaChange>& changes, Sequence limit)
    : digester_(projection), limit_(limit) {
  ColumnOrigins origins(projection.schema(), changes, limit);
  truncated_ = origins.made();
  if (projection.all()) origins_ = std::move(origins);
}

// Rows of one period after another; of most batches that is one.
Status HistoryFold::Add(const arrow::RecordBatch& history) {
  if (!origins_) return AddMapped(history);
  const std::vector<Sequence> sequences = TRY(SequencesOf(history));
  // What is gone may have had other columns.
  const auto counts = [&](std::size_t row) {
    return sequences[row] >= origins_->made() && sequences[row] < limit_;
  };
  const auto period = [&](std::size_t row) { return origins_->PeriodOf(sequences[row]); };
  for (std::size_t first = 0; first < sequences.size();) {
    std::size_t end = first + 1;
    const bool counted = counts(first);
    while (end < sequences.size() && counts(end) == counted && period(end) == period(first)) ++end;
    if (counted) {
      const auto slice =
          history.Slice(static_cast<std::int64_t>(first), static_cast<std::int64_t>(end - first));
      const auto mapped = TRY(origins_->Map(*slice, period(first), ColumnNames::kLake));
      RETURN_IF_ERROR(AddMapped(*mapped));
    }
    first = end;
  }
  return {};
}

Status HistoryFold::AddMapped(const arrow::RecordBatch& batch) {
  const std::vector<Sequence> sequences = TRY(SequencesOf(batch));
  const DigestedRows rows = TRY(digester_.Digest(batch));
  const auto column = batch.GetColumnByName("_op");
  if (column == nullptr || column->type_id() != arrow::Type::STRING) {
    return DamagedHistory("history has no _op");
  }
  const auto& operations = static_cast<const arrow::StringArray&>(*column);
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (sequences[i] >= limit_) continue;
    const std::string_view operation = operations.GetView(static_cast<std::int64_t>(i));
    if (operation == "TRUNCATE") {
      truncated_ = std::max(truncated_, sequences[i]);
      continue;
    }
    Last& last = last_[rows.keys[i]];
    if (sequences[i] < last.sequence) continue;
    last = {sequences[i], rows.rows[i], operation != "DELETE"};
  }
  return {};
}

Status HistoryFold::Emit(const DigestSink& sink) const {
  constexpr std::size_t kStep = 1U << 16U;
  DigestedRows rows;
  for (const auto& [key, last] : last_) {
    if (!last.alive || last.sequence < truncated_) continue;
    rows.keys.push_back(key);
    rows.rows.push_back(last.row);
    if (rows.keys.size() < kStep) continue;
    RETURN_IF_ERROR(sink(rows));
    rows = {};
  }
  return rows.keys.empty() ? Status{} : sink(rows);
}

}  // namespace foreset::pipeline
