// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/round_builder.h"

#include <algorithm>
#include <utility>

namespace foreset::mysql {

Result<BatchBuilder*> RoundBuilder::Open(const std::shared_ptr<const TableSchema>& schema) {
  const auto found = open_.find(schema->id);
  if (found != open_.end()) {
    if (found->second->schema() == schema) return found->second.get();
    RETURN_IF_ERROR(Close(schema->id));
  }
  auto builder = TRY(BatchBuilder::Open(schema, datetime_, largest_row_));
  return open_.insert_or_assign(schema->id, std::move(builder)).first->second.get();
}

Status RoundBuilder::Close(const TableId& table) {
  const auto found = open_.find(table);
  if (found == open_.end()) return {};
  auto batch = TRY(found->second->Finish());
  if (batch != nullptr) items_.emplace_back(std::move(batch));
  // The transaction's rows in a closed batch can no longer be taken back.
  for (const Run& run : runs_) {
    if (run.builder == found->second.get()) taken_rows_ = transaction_rows_;
  }
  std::erase_if(runs_, [&](const Run& run) { return run.builder == found->second.get(); });
  open_.erase(found);
  return {};
}

void RoundBuilder::Note(BatchBuilder* builder, std::size_t first_row, std::uint64_t rows) {
  const bool goes_on =
      !runs_.empty() && runs_.back().builder == builder &&
      runs_.back().first_row + (transaction_rows_ - runs_.back().mark) == first_row;
  if (!goes_on) runs_.push_back({transaction_rows_, builder, first_row});
  transaction_rows_ += rows;
}

Result<std::uint64_t> RoundBuilder::AppendRows(const RowPlan& plan, const RowsEvent& event,
                                               const EventPlace& place) {
  BatchBuilder* builder = TRY(Open(plan.schema));
  const std::size_t rows_before = builder->size();
  const std::size_t bytes_before = builder->bytes();
  const std::size_t refused_before = refused_.size();
  const std::uint64_t rows = TRY(builder->Append(plan, event, place, refused_));
  Note(builder, rows_before, rows);
  quarantined_ += refused_.size() - refused_before;
  bytes_ += builder->bytes() - bytes_before;
  return rows;
}

Status RoundBuilder::AppendTruncate(std::shared_ptr<const TableSchema> schema,
                                    const EventPlace& place) {
  BatchBuilder* builder = TRY(Open(schema));
  const std::size_t rows_before = builder->size();
  builder->AppendTruncate(place);
  Note(builder, rows_before, 1);
  return {};
}

Status RoundBuilder::AppendSchemaChange(SchemaChange change) {
  RETURN_IF_ERROR(Close(change.table));
  items_.emplace_back(std::move(change));
  return {};
}

void RoundBuilder::BeginTransaction() {
  runs_.clear();
  transaction_rows_ = 0;
  taken_rows_ = 0;
}

Status RoundBuilder::TakeBack(std::uint64_t mark) {
  if (transaction_rows_ == mark) return {};
  if (taken_rows_ > mark) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kRollbackTooLate,
               "a transaction was rolled back after rows of it had been handed on");
  }
  // Runs are consecutive, so the rows of the run that the mark is in start within it.
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    const std::uint64_t kept = mark > run->mark ? mark - run->mark : 0;
    run->builder->DropFrom(run->first_row + kept);
    if (run->mark <= mark) break;
  }
  std::erase_if(runs_, [&](const Run& run) { return run.mark >= mark; });
  transaction_rows_ = mark;
  return {};
}

Result<std::vector<CaptureItem>> RoundBuilder::Take() {
  for (const auto& [table, builder] : open_) {
    auto batch = TRY(builder->Finish());
    if (batch != nullptr) items_.emplace_back(std::move(batch));
  }
  for (QuarantinedRecord& record : refused_) items_.emplace_back(std::move(record));
  open_.clear();
  refused_.clear();
  runs_.clear();
  taken_rows_ = transaction_rows_;
  bytes_ = 0;
  return std::exchange(items_, {});
}

}  // namespace foreset::mysql
