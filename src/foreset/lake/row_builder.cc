// SPDX-License-Identifier: MIT
#include "foreset/lake/row_builder.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>

#include "foreset/model/arrow_status.h"

namespace foreset::lake {

using arrow::internal::checked_cast;

namespace {

constexpr int kMaxAppendAttempts = 10;

}  // namespace

std::shared_ptr<arrow::DataType> LakeTimeType() {
  return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
}

struct RowBuilder::State {
  std::unique_ptr<arrow::RecordBatchBuilder> builder;
  std::int64_t rows = 0;
  arrow::Status status;

  template <typename Builder, typename Value>
  void Append(int column, const Value& value) {
    if (!status.ok()) return;
    status = checked_cast<Builder*>(builder->GetField(column))->Append(value);
  }
};

RowBuilder::RowBuilder(std::shared_ptr<arrow::Schema> columns) : state_(new State) {
  auto made = arrow::RecordBatchBuilder::Make(columns, arrow::default_memory_pool());
  state_->status = made.status();
  if (made.ok()) state_->builder = std::move(made).MoveValueUnsafe();
}

RowBuilder::~RowBuilder() = default;

void RowBuilder::Text(int column, std::string_view value) {
  state_->Append<arrow::BinaryBuilder>(column, value);
}

void RowBuilder::Long(int column, std::int64_t value) {
  state_->Append<arrow::Int64Builder>(column, value);
}

void RowBuilder::Time(int column, Timestamp value) {
  state_->Append<arrow::TimestampBuilder>(column, value.value());
}

void RowBuilder::EndRow() {
  ++state_->rows;
  for (int i = 0; state_->status.ok() && i < state_->builder->num_fields(); ++i) {
    arrow::ArrayBuilder* column = state_->builder->GetField(i);
    if (column->length() < state_->rows) state_->status = column->AppendNull();
  }
}

Result<std::shared_ptr<arrow::RecordBatch>> RowBuilder::Finish() {
  RETURN_IF_ERROR(FromArrow(state_->status));
  return FromArrow(state_->builder->Flush());
}

bool RowReader::Has(int column) const { return rows_.column(column)->IsValid(row_); }

std::string_view RowReader::Text(int column) const {
  return checked_cast<const arrow::BinaryArray&>(*rows_.column(column)).GetView(row_);
}

std::int64_t RowReader::Long(int column) const {
  return checked_cast<const arrow::Int64Array&>(*rows_.column(column)).Value(row_);
}

Timestamp RowReader::Time(int column) const {
  return Timestamp(checked_cast<const arrow::TimestampArray&>(*rows_.column(column)).Value(row_));
}

Result<LakeTable> OpenOrCreatePlain(std::shared_ptr<ObjectStore> store, const std::string& name,
                                    const LakeOptions& options, const arrow::Schema& columns) {
  if (TRY(LakeTable::Exists(*store))) return LakeTable::Open(std::move(store), name, options);
  TableSchema source;
  source.id.table = name;
  return LakeTable::Create(std::move(store), name, options, columns, source, {});
}

Status AppendPlain(LakeTable& table, const std::shared_ptr<arrow::RecordBatch>& rows,
                   const Progress& progress, const std::optional<delta::DomainMetadata>& domain) {
  RollingWriter writer = table.NewWriter();
  TRY(writer.Write(table.columns(), *rows));
  const std::vector<delta::AddFile> files = TRY(writer.Finish());
  for (int attempt = 1;; ++attempt) {
    delta::Transaction transaction = table.Begin();
    for (const delta::AddFile& file : files) transaction.Add(file);
    if (domain) transaction.SetDomain(domain->domain, domain->configuration);
    transaction.Describe("WRITE", {}, {{"numOutputRows", std::to_string(rows->num_rows())}});
    Status committed = table.Commit(std::move(transaction), progress);
    if (committed || committed.error().code != ErrorCode::kLakeTableMoved ||
        attempt == kMaxAppendAttempts) {
      return committed;
    }
  }
}

}  // namespace foreset::lake
