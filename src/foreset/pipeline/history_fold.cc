// SPDX-License-Identifier: MIT
#include "foreset/pipeline/history_fold.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>

#include "foreset/lake/conform.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/schema_evolution.h"

namespace foreset::pipeline {
namespace {

std::unexpected<Error> Damaged(std::string what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing, std::move(what));
}

Result<std::vector<Sequence>> SequencesOf(const arrow::RecordBatch& batch) {
  const auto column = batch.GetColumnByName("_seq");
  if (column == nullptr || column->type_id() != arrow::Type::STRING) {
    return Damaged("history has no _seq");
  }
  const auto& texts = static_cast<const arrow::StringArray&>(*column);
  std::vector<Sequence> sequences;
  sequences.reserve(static_cast<std::size_t>(texts.length()));
  for (std::int64_t i = 0; i < texts.length(); ++i) {
    const auto sequence = Sequence::Parse(texts.GetView(i));
    if (!sequence) return Damaged(fmt::format("'{}' is not a _seq", texts.GetView(i)));
    sequences.push_back(*sequence);
  }
  return sequences;
}

const ColumnSchema* Column(const TableSchema& schema, const std::string& name) {
  const auto index = schema.FindColumn(name);
  return index ? &schema.columns[*index] : nullptr;
}

// Values of `own`, but those of `other` (or `otherwise`) where a row is older than `sequence`.
arrow::Result<std::shared_ptr<arrow::Array>> Choose(const std::shared_ptr<arrow::Array>& own,
                                                    const std::shared_ptr<arrow::Array>& other,
                                                    const std::shared_ptr<arrow::Scalar>& otherwise,
                                                    const std::vector<Sequence>& sequences,
                                                    Sequence limit) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  ARROW_RETURN_NOT_OK(arrow::MakeBuilder(arrow::default_memory_pool(), own->type(), &builder));
  for (std::int64_t i = 0; i < own->length(); ++i) {
    if (sequences[static_cast<std::size_t>(i)] >= limit) {
      ARROW_RETURN_NOT_OK(builder->AppendArraySlice(*own->data(), i, 1));
    } else if (other != nullptr) {
      ARROW_RETURN_NOT_OK(builder->AppendArraySlice(*other->data(), i, 1));
    } else if (otherwise != nullptr) {
      ARROW_RETURN_NOT_OK(builder->AppendScalar(*otherwise));
    } else {
      ARROW_RETURN_NOT_OK(builder->AppendNull());
    }
  }
  return builder->Finish();
}

}  // namespace

HistoryFold::HistoryFold(const lake::Projection& projection,
                         const std::vector<SchemaChange>& changes, Sequence limit)
    : digester_(projection), limit_(limit) {
  if (!projection.all()) return;  // a dimension's columns are fixed
  const TableSchema* before = nullptr;
  for (const SchemaChange& change : changes) {
    if (change.kind == SchemaChangeKind::kAlter && before != nullptr && change.sequence < limit) {
      AddRules(change, *before);
    }
    if (change.after != nullptr) before = change.after.get();
  }
}

void HistoryFold::AddRules(const SchemaChange& change, const TableSchema& before) {
  if (change.cannot_follow || change.after == nullptr) return;
  const auto plan = lake::PlanEvolution(before, *change.after, change, DateTimeAs::kWallClock);
  if (!plan) return;
  for (const lake::ColumnPlan& column : plan->columns) {
    const ColumnSchema* now = Column(*change.after, column.field->name());
    const ColumnSchema* then = Column(before, column.from);
    if (then != nullptr && then->InLake() == now->InLake()) continue;
    rules_.push_back(
        {change.sequence, now->InLake(), then == nullptr ? "" : then->InLake(), column.otherwise});
  }
}

Result<std::shared_ptr<arrow::RecordBatch>> HistoryFold::ApplyRules(
    const arrow::RecordBatch& history, const std::vector<Sequence>& sequences) const {
  auto batch = history.Slice(0);
  const auto oldest = std::ranges::min_element(sequences);
  for (const Rule& rule : rules_) {
    if (oldest == sequences.end() || *oldest >= rule.sequence) continue;
    const int index = batch->schema()->GetFieldIndex(rule.column);
    if (index < 0) return Damaged(fmt::format("history has no column {}", rule.column));
    auto other = rule.from.empty() ? nullptr : batch->GetColumnByName(rule.from);
    if (other != nullptr) {
      other = TRY(lake::ConformArray(other, batch->column(index)->type()));
    }
    auto chosen = Choose(batch->column(index), other, rule.otherwise, sequences, rule.sequence);
    if (!chosen.ok()) return Damaged(chosen.status().ToString());
    auto with = batch->SetColumn(index, batch->schema()->field(index), *chosen);
    if (!with.ok()) return Damaged(with.status().ToString());
    batch = *std::move(with);
  }
  return batch;
}

// The living columns by the source's names: what has such a name in history may be another.
Result<std::shared_ptr<arrow::RecordBatch>> HistoryFold::Living(
    const arrow::RecordBatch& history) const {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const ColumnSchema& column : digester_.schema().columns) {
    auto array = history.GetColumnByName(column.InLake());
    if (array == nullptr) return Damaged(fmt::format("history has no column {}", column.InLake()));
    fields.push_back(arrow::field(column.name, array->type()));
    arrays.push_back(std::move(array));
  }
  return lake::MakeBatch(arrow::schema(std::move(fields)), history.num_rows(), std::move(arrays));
}

Status HistoryFold::Add(const arrow::RecordBatch& history) {
  const std::vector<Sequence> sequences = TRY(SequencesOf(history));
  const auto batch = TRY(ApplyRules(history, sequences));
  const auto living = TRY(Living(*batch));
  const DigestedRows rows = TRY(digester_.Digest(*living));
  const auto column = batch->GetColumnByName("_op");
  if (column == nullptr || column->type_id() != arrow::Type::STRING) {
    return Damaged("history has no _op");
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
