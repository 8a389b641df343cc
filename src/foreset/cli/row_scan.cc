// SPDX-License-Identifier: MIT
#include "foreset/cli/row_scan.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>

#include "foreset/base/nearest_word.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/delta/table_scan.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {
namespace {

// Of batches that are asked about together.
constexpr std::int64_t kGatheredRows = 16'384;
constexpr std::int64_t kGatheredBytes = 4L << 20U;

Result<std::shared_ptr<arrow::Field>> FindColumn(const arrow::Schema& schema,
                                                 const std::string& name) {
  if (auto field = schema.GetFieldByName(name)) return field;
  for (const auto& field : schema.fields()) {
    if (SameName(field->name(), name)) return field;
  }
  return Err(
      ErrorKind::kInvalidInput, ErrorCode::kColumnUnknown,
      fmt::format("there is no column \"{}\"{}", name, Suggestion(name, schema.field_names())));
}

}  // namespace

void AddRowQueryOptions(Command command, RowQuery& query) {
  command
      .AddOption("--where", query.where,
                 "Only rows for which this SQL is true: \"Price >= 9.99 AND Name LIKE 'A%'\"")
      .ValueName("CONDITION");
  command.AddOption("--columns", query.columns, "Only these columns, in this order")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  command.AddOption("--limit", query.limit, "At most so many rows; 0 for all")
      .NonNegative()
      .ValueName("N");
}

Result<RowScan> RowScan::Prepare(const arrow::Schema& schema, const RowQuery& query) {
  RowScan scan;
  arrow::FieldVector fields = query.columns.empty() ? schema.fields() : arrow::FieldVector();
  for (const std::string& name : query.columns) fields.push_back(TRY(FindColumn(schema, name)));
  for (const auto& field : fields) {
    if (std::ranges::find(scan.read_, field->name()) != scan.read_.end()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("--columns names \"{}\" twice", field->name()));
    }
    scan.read_.push_back(field->name());
  }
  scan.schema_ = arrow::schema(fields);
  if (query.where.empty()) return scan;
  scan.filter_ = TRY(sql::RowCondition::Compile(query.where, schema));
  for (const std::string& name : scan.filter_->columns()) {
    if (std::ranges::find(scan.read_, name) == scan.read_.end()) scan.read_.push_back(name);
  }
  return scan;
}

Status RowScan::Pass(const std::shared_ptr<arrow::RecordBatch>& batch, const Sink& sink) const {
  arrow::ArrayVector columns = batch->columns();
  columns.resize(static_cast<std::size_t>(schema_->num_fields()));
  const auto wanted = arrow::RecordBatch::Make(schema_, batch->num_rows(), std::move(columns));
  if (filter_ == nullptr) return sink(wanted);
  const std::vector<std::int64_t> rows = TRY(filter_->PassingRows(*batch));
  // Neighbours go on together.
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i + 1;
    while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
    RETURN_IF_ERROR(sink(wanted->Slice(rows[i], static_cast<std::int64_t>(end - i))));
    i = end;
  }
  return {};
}

// Small batches in a row as one: to ask the condition costs more than to read a small file.
class RowScan::Gathering {
 public:
  Gathering(const RowScan& scan, const Sink& sink) : scan_(scan), sink_(sink) {}

  Status Add(std::shared_ptr<arrow::RecordBatch> batch) {
    if (scan_.filter_ == nullptr) return scan_.Pass(batch, sink_);
    rows_ += batch->num_rows();
    bytes_ += arrow::util::TotalBufferSize(*batch);
    batches_.push_back(std::move(batch));
    return rows_ < kGatheredRows && bytes_ < kGatheredBytes ? Status() : Finish();
  }

  Status Finish() {
    const auto batches = std::exchange(batches_, {});
    rows_ = 0;
    bytes_ = 0;
    if (batches.size() < 2) return batches.empty() ? Status() : scan_.Pass(batches[0], sink_);
    return scan_.Pass(TRY(FromArrow(arrow::ConcatenateRecordBatches(batches))), sink_);
  }

 private:
  const RowScan& scan_;
  const Sink& sink_;
  arrow::RecordBatchVector batches_;
  std::int64_t rows_ = 0;
  std::int64_t bytes_ = 0;
};

Status RowScan::Run(ObjectStore& store, const delta::Snapshot& snapshot, const Sink& sink) const {
  const delta::ScanOptions options{.columns = read_, .keep_file = {}};
  Gathering gathering(*this, sink);
  RETURN_IF_ERROR(delta::ScanTable(
      store, snapshot, options,
      [&](const delta::ScannedBatch& scanned) { return gathering.Add(scanned.batch); }));
  return gathering.Finish();
}

Status RowScan::RunFile(ObjectStore& store, const delta::Snapshot& snapshot,
                        const delta::AddFile& file, const Sink& sink) const {
  const delta::ScanOptions options{.columns = read_, .keep_file = {}};
  Gathering gathering(*this, sink);
  RETURN_IF_ERROR(delta::ScanFile(
      store, snapshot, file, options,
      [&](const delta::ScannedBatch& scanned) { return gathering.Add(scanned.batch); }));
  return gathering.Finish();
}

Result<bool> RunLimited(const RowScan& scan, ObjectStore& store, const delta::Snapshot& snapshot,
                        std::int64_t limit, const RowScan::Sink& sink) {
  std::int64_t left = limit;
  bool cut = false;
  auto status =
      scan.Run(store, snapshot, [&](const std::shared_ptr<arrow::RecordBatch>& rows) -> Status {
        if (limit == 0) return sink(rows);
        cut = left < rows->num_rows();
        if (left > 0) RETURN_IF_ERROR(sink(cut ? rows->Slice(0, left) : rows));
        left -= std::min(left, rows->num_rows());
        if (!cut) return {};
        // Enough is read; the error only ends the scan.
        return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "the limit is reached");
      });
  if (!status && !(cut && status.error().code == ErrorCode::kCancelled)) {
    return std::unexpected(std::move(status).error());
  }
  return !cut;
}

}  // namespace foreset::cli
