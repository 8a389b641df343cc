// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/table_rows.h"

#include <algorithm>
#include <numeric>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>

#include "foreset/model/arrow_status.h"
#include "foreset/model/arrow_types.h"

namespace foreset::kafka {
namespace {

template <typename T>
std::vector<T> Permuted(const std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  std::vector<T> permuted;
  permuted.reserve(order.size());
  for (const std::uint32_t row : order) permuted.push_back(values[row]);
  return permuted;
}

Result<std::shared_ptr<arrow::RecordBatch>> Permuted(
    const std::shared_ptr<arrow::RecordBatch>& rows, const std::vector<std::uint32_t>& order) {
  const auto indexes = std::make_shared<arrow::UInt32Array>(static_cast<std::int64_t>(order.size()),
                                                            arrow::Buffer::Wrap(order));
  const arrow::Datum taken = TRY(FromArrow(arrow::compute::Take(
      arrow::Datum(rows), arrow::Datum(indexes), arrow::compute::TakeOptions::NoBoundsCheck())));
  return taken.record_batch();
}

// Partitions come one after the other; what they brought is put in the source's order.
Status SortBySequence(ChangeBatch& batch) {
  if (std::ranges::is_sorted(batch.sequences)) return {};
  std::vector<std::uint32_t> order(batch.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t row) { return batch.sequences[row]; });
  std::vector<std::size_t> new_place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) new_place[order[i]] = i;
  batch.operations = Permuted(batch.operations, order);
  batch.sequences = Permuted(batch.sequences, order);
  batch.event_rows = Permuted(batch.event_rows, order);
  batch.event_offsets = Permuted(batch.event_offsets, order);
  batch.transaction_of = Permuted(batch.transaction_of, order);
  batch.places = Permuted(batch.places, order);
  batch.before = TRY(Permuted(batch.before, order));
  batch.after = TRY(Permuted(batch.after, order));
  for (RescuedValue& value : batch.rescued) value.row = new_place[value.row];
  std::ranges::stable_sort(batch.rescued, {}, &RescuedValue::row);
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> NullRow(const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(field->type(), 1))));
  }
  return arrow::RecordBatch::Make(schema, 1, std::move(columns));
}

}  // namespace

void TableRows::SetSchema(std::shared_ptr<const TableSchema> schema, Sequence since) {
  schema_ = std::move(schema);
  gate.Follow(since);
  builder_.reset();
}

Status TableRows::Append(const debezium::Message& message, Sequence sequence,
                         std::string_view topic, RecordPlace place) {
  if (!builder_) {
    builder_ = TRY(debezium::ChangeBuilder::Open(schema_, options_->modes, options_->datetime));
  }
  RETURN_IF_ERROR(builder_->Append(message, sequence, gate.RuleFor(sequence)));
  if (names_.empty() || names_.back() != topic) names_.emplace_back(topic);
  place.topic = static_cast<std::uint32_t>(names_.size() - 1);
  places_.push_back(place);
  return {};
}

Result<std::shared_ptr<const ChangeBatch>> TableRows::Finish() {
  if (!builder_ || builder_->size() == 0) return nullptr;
  std::shared_ptr<ChangeBatch> batch = TRY(builder_->Finish());
  batch->topics = std::exchange(names_, {});
  batch->places = std::exchange(places_, {});
  RETURN_IF_ERROR(SortBySequence(*batch));
  return batch;
}

Result<std::shared_ptr<const ChangeBatch>> TableRows::Truncation(const SchemaStep& step) const {
  auto batch = std::make_shared<ChangeBatch>();
  const auto images = ArrowSchemaOf(*schema_, options_->datetime);
  batch->schema = schema_;
  batch->operations = {Operation::kTruncate};
  batch->sequences = {step.sequence};
  batch->event_rows = {0};
  batch->event_offsets = {step.sequence.position()};
  batch->transaction_of = {0};
  batch->transactions = {step.transaction};
  batch->before = TRY(NullRow(images));
  batch->after = batch->before;
  batch->topics = {step.topic};
  batch->places = {step.place};
  return batch;
}

}  // namespace foreset::kafka
