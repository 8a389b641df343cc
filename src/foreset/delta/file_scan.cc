// SPDX-License-Identifier: MIT
#include "foreset/delta/file_scan.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/array/util.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/partition_values.h"
#include "foreset/delta/scan_projection.h"
#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_features.h"

namespace foreset::delta {
namespace {

using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

std::unexpected<Error> Internal(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
}

// One column of the result: from the file, or the same for all rows of it.
struct ScanColumn {
  std::shared_ptr<arrow::Field> field;
  std::optional<int> place;                 // among the fields that are read
  std::shared_ptr<arrow::Scalar> constant;  // where there is no place
};

// What is wanted of a file.
struct ScanPlan {
  std::shared_ptr<arrow::Schema> schema;
  ColumnMappingMode mode = ColumnMappingMode::kNone;
};

Result<ScanPlan> MakePlan(const Snapshot& snapshot, const ScanOptions& options) {
  ScanPlan plan;
  plan.mode = TRY(ColumnMappingModeOf(snapshot.metadata()));
  if (!options.columns) {
    plan.schema = snapshot.schema();
    return plan;
  }
  arrow::FieldVector fields;
  for (const std::string& name : *options.columns) {
    std::shared_ptr<arrow::Field> field = snapshot.schema()->GetFieldByName(name);
    if (field == nullptr) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kDeltaNoSuchColumn,
                 fmt::format("the table has no column '{}'", name));
    }
    fields.push_back(std::move(field));
  }
  plan.schema = arrow::schema(std::move(fields));
  return plan;
}

bool IsPartitionColumn(const Snapshot& snapshot, const std::string& name) {
  const auto& columns = snapshot.metadata().partition_columns;
  return std::ranges::find(columns, name) != columns.end();
}

Result<std::shared_ptr<arrow::Scalar>> PartitionValue(const AddFile& file,
                                                      const arrow::Field& field,
                                                      ColumnMappingMode mode) {
  const auto at = file.partition_values.find(
      mode == ColumnMappingMode::kNone ? field.name() : PhysicalName(field));
  return ParsePartitionValue(at == file.partition_values.end() ? std::nullopt : at->second,
                             field.type());
}

// Decides for each column where it comes from; `fields` gets the file's fields to read.
Result<std::vector<ScanColumn>> MapColumns(const Snapshot& snapshot, const ScanPlan& plan,
                                           const AddFile& file, const arrow::Schema& file_schema,
                                           std::vector<int>& fields) {
  std::vector<ScanColumn> columns;
  for (const auto& field : plan.schema->fields()) {
    ScanColumn column{field, std::nullopt, nullptr};
    if (IsPartitionColumn(snapshot, field->name())) {
      column.constant = TRY(PartitionValue(file, *field, plan.mode));
    } else if (const auto found = FindFileField(file_schema.fields(), *field, plan.mode)) {
      const auto at = std::ranges::find(fields, *found);
      column.place = static_cast<int>(at - fields.begin());
      if (at == fields.end()) fields.push_back(*found);
    } else {
      column.constant = arrow::MakeNullScalar(field->type());
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<std::shared_ptr<arrow::Array>> ColumnOf(const ScanColumn& column,
                                               const arrow::RecordBatch& batch,
                                               ColumnMappingMode mode) {
  if (column.place) return ProjectColumn(batch.column(*column.place), *column.field, mode);
  if (!column.constant->is_valid) return NullColumn(column.field->type(), batch.num_rows());
  auto repeated = arrow::MakeArrayFromScalar(*column.constant, batch.num_rows());
  if (!repeated.ok()) return Internal(repeated.status());
  return *std::move(repeated);
}

Result<BatchPtr> ProjectBatch(const std::vector<ScanColumn>& columns, const ScanPlan& plan,
                              const arrow::RecordBatch& batch) {
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const ScanColumn& column : columns) {
    arrays.push_back(TRY(ColumnOf(column, batch, plan.mode)));
  }
  return arrow::RecordBatch::Make(plan.schema, batch.num_rows(), std::move(arrays));
}

// Leaves out the rows that are not in `kept`, given by their place in the batch.
Result<BatchPtr> TakeRows(const BatchPtr& batch, const std::vector<std::int64_t>& kept) {
  if (batch->num_columns() == 0) {
    return arrow::RecordBatch::Make(batch->schema(), static_cast<std::int64_t>(kept.size()),
                                    std::vector<std::shared_ptr<arrow::Array>>());
  }
  const arrow::Int64Array indexes(static_cast<std::int64_t>(kept.size()),
                                  arrow::Buffer::Wrap(kept));
  auto taken = arrow::compute::Take(arrow::Datum(batch), arrow::Datum(indexes.data()),
                                    arrow::compute::TakeOptions::NoBoundsCheck());
  if (!taken.ok()) return Internal(taken.status());
  return taken->record_batch();
}

// The batch without the rows that the vector hides; `first` is the batch's first row in the file.
Result<ScannedBatch> HideDeleted(const AddFile& file, BatchPtr batch, std::int64_t first,
                                 const std::optional<DeletionVector>& vector) {
  ScannedBatch scanned{&file, nullptr, {}};
  std::vector<std::int64_t> kept;
  for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
    if (vector && vector->Contains(static_cast<std::uint64_t>(first + i))) continue;
    kept.push_back(i);
    scanned.rows.push_back(first + i);
  }
  if (kept.size() == static_cast<std::size_t>(batch->num_rows())) {
    scanned.batch = std::move(batch);
  } else {
    scanned.batch = TRY(TakeRows(batch, kept));
  }
  return scanned;
}

// What the log names must be there, so that a table whose file is gone is damaged.
template <typename T>
Result<T> MustExist(Result<T> found) {
  if (found || found.error().kind != ErrorKind::kNotFound) return found;
  return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt,
             fmt::format("a file of the table is gone: {}", found.error().message));
}

class OpenFile final : public FileScan {
 public:
  OpenFile(const AddFile& file, ScanPlan plan) : file_(file), plan_(std::move(plan)) {}

  Status Begin(const ObjectStore& store, const Snapshot& snapshot, const ScanOptions& options) {
    location_ = TRY(LocateData(store, file_.path));
    parquet_ = TRY(MustExist(ParquetFile::Open(*location_.store, location_.path)));
    if (file_.deletion_vector && !options.include_deleted) {
      vector_ = TRY(MustExist(ReadDeletionVector(store, *file_.deletion_vector)));
    }
    ParquetReadOptions read;
    read.batch_rows = options.batch_rows;
    read.fields.emplace();
    columns_ = TRY(MapColumns(snapshot, plan_, file_, *parquet_->schema(), *read.fields));
    batches_ = TRY(parquet_->Read(read));
    return {};
  }

  Result<std::optional<ScannedBatch>> Next() override {
    auto scanned = Advance();
    if (!scanned) return std::unexpected(Named(std::move(scanned).error(), file_));
    return scanned;
  }

  static Error Named(Error error, const AddFile& file) {
    return std::move(error).Within(fmt::format("reading {} of the table", file.path));
  }

 private:
  Result<std::optional<ScannedBatch>> Advance() {
    for (;;) {
      const BatchPtr raw = TRY(batches_->Next());
      if (raw == nullptr) return std::nullopt;
      BatchPtr batch = TRY(ProjectBatch(columns_, plan_, *raw));
      ScannedBatch scanned = TRY(HideDeleted(file_, std::move(batch), first_, vector_));
      first_ += raw->num_rows();
      if (!scanned.rows.empty()) return scanned;
    }
  }

  const AddFile& file_;
  ScanPlan plan_;
  DataLocation location_;
  std::unique_ptr<ParquetFile> parquet_;
  std::optional<DeletionVector> vector_;
  std::vector<ScanColumn> columns_;
  std::unique_ptr<ParquetBatches> batches_;
  std::int64_t first_ = 0;  // row of the file with which the next batch begins
};

}  // namespace

Status CheckColumns(const Snapshot& snapshot, const ScanOptions& options) {
  RETURN_IF_ERROR(MakePlan(snapshot, options));
  return {};
}

Result<std::unique_ptr<FileScan>> FileScan::Open(const ObjectStore& store, const Snapshot& snapshot,
                                                 const AddFile& file, const ScanOptions& options) {
  auto scan = std::make_unique<OpenFile>(file, TRY(MakePlan(snapshot, options)));
  if (Status begun = scan->Begin(store, snapshot, options); !begun) {
    return std::unexpected(OpenFile::Named(std::move(begun).error(), file));
  }
  return scan;
}

}  // namespace foreset::delta
