// SPDX-License-Identifier: MIT
#include "foreset/delta/table_scan.h"

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

using Sink = std::function<Status(ScannedBatch)>;
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

// What all files of one scan share.
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

Status ScanOne(const ObjectStore& store, const Snapshot& snapshot, const ScanPlan& plan,
               const AddFile& file, const ScanOptions& options, const Sink& sink) {
  const DataLocation location = TRY(LocateData(store, file.path));
  const std::unique_ptr<ParquetFile> parquet = 
      TRY(MustExist(ParquetFile::Open(*location.store, location.path)));
  std::optional<DeletionVector> vector;
  if (file.deletion_vector && !options.include_deleted) {
    vector = TRY(MustExist(ReadDeletionVector(store, *file.deletion_vector)));
  }
  ParquetReadOptions read;
  read.batch_rows = options.batch_rows;
  read.fields.emplace();
  const std::vector<ScanColumn> columns =
      TRY(MapColumns(snapshot, plan, file, *parquet->schema(), *read.fields));
  const std::unique_ptr<ParquetBatches> batches = TRY(parquet->Read(read));
  for (std::int64_t first = 0;;) {
    const BatchPtr raw = TRY(batches->Next());
    if (raw == nullptr) return {};
    BatchPtr batch = TRY(ProjectBatch(columns, plan, *raw));
    ScannedBatch scanned = TRY(HideDeleted(file, std::move(batch), first, vector));
    first += raw->num_rows();
    if (!scanned.rows.empty()) RETURN_IF_ERROR(sink(std::move(scanned)));
  }
}

// Names the file in what goes wrong with it, but not in what the sink complains of.
Status ScanNamed(const ObjectStore& store, const Snapshot& snapshot, const ScanPlan& plan,
                 const AddFile& file, const ScanOptions& options, const Sink& sink) {
  bool sink_failed = false;
  const auto watched = [&](ScannedBatch batch) {
    Status status = sink(std::move(batch));
    sink_failed = !status;
    return status;
  };
  Status status = ScanOne(store, snapshot, plan, file, options, watched);
  if (status || sink_failed) return status;
  return std::unexpected(
      std::move(status).error().Within(fmt::format("reading {} of the table", file.path)));
}

}  // namespace

Status ScanTable(ObjectStore& store, const Snapshot& snapshot, const ScanOptions& options,
                 const std::function<Status(ScannedBatch)>& sink) {
  const ScanPlan plan = TRY(MakePlan(snapshot, options));
  for (const AddFile& file : snapshot.files()) {
    if (options.keep_file && !options.keep_file(file)) continue;
    RETURN_IF_ERROR(ScanNamed(store, snapshot, plan, file, options, sink));
  }
  return {};
}

Status ScanFile(ObjectStore& store, const Snapshot& snapshot, const AddFile& file,
                const ScanOptions& options, const std::function<Status(ScannedBatch)>& sink) {
  const ScanPlan plan = TRY(MakePlan(snapshot, options));
  return ScanNamed(store, snapshot, plan, file, options, sink);
}

}  // namespace foreset::delta
