// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/placed_relation.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/delta/file_scan.h"
#include "foreset/model/arrow_status.h"

namespace foreset::sql {
namespace {

// Puts the places into the columns that were asked for.
class PlacedReader final : public RelationReader {
 public:
  PlacedReader(std::unique_ptr<delta::FileScan> scan, std::int32_t file, std::vector<int> columns,
               std::shared_ptr<arrow::Schema> schema)
      : scan_(std::move(scan)),
        file_(file),
        columns_(std::move(columns)),
        schema_(std::move(schema)) {}

  Result<BatchPtr> Next() override {
    const auto scanned = TRY(scan_->Next());
    if (!scanned) return nullptr;
    const auto places = static_cast<int>(schema_->num_fields()) - 2;
    arrow::ArrayVector arrays;
    arrow::FieldVector fields;
    int next = 0;  // column of the scan
    for (const int column : columns_) {
      fields.push_back(schema_->field(column));
      if (column < places) {
        arrays.push_back(scanned->batch->column(next++));
      } else {
        arrays.push_back(column == places ? TRY(Files(scanned->rows.size()))
                                          : TRY(Rows(scanned->rows)));
      }
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)),
                                    static_cast<std::int64_t>(scanned->rows.size()),
                                    std::move(arrays));
  }

 private:
  Result<std::shared_ptr<arrow::Array>> Files(std::size_t rows) const {
    arrow::Int32Builder builder;
    for (std::size_t i = 0; i < rows; ++i) RETURN_IF_ERROR(FromArrow(builder.Append(file_)));
    return FromArrow(builder.Finish());
  }
  static Result<std::shared_ptr<arrow::Array>> Rows(const std::vector<std::int64_t>& rows) {
    arrow::Int64Builder builder;
    RETURN_IF_ERROR(FromArrow(builder.AppendValues(rows)));
    return FromArrow(builder.Finish());
  }

  std::unique_ptr<delta::FileScan> scan_;
  std::int32_t file_;
  std::vector<int> columns_;
  std::shared_ptr<arrow::Schema> schema_;
};

class PlacedRelation final : public Relation {
 public:
  PlacedRelation(std::shared_ptr<ObjectStore> store,
                 std::shared_ptr<const delta::Snapshot> snapshot,
                 std::vector<const delta::AddFile*> files)
      : store_(std::move(store)), snapshot_(std::move(snapshot)), files_(std::move(files)) {
    arrow::FieldVector fields = snapshot_->schema()->fields();
    fields.push_back(arrow::field(kPlaceFile, arrow::int32()));
    fields.push_back(arrow::field(kPlaceRow, arrow::int64()));
    schema_ = arrow::schema(std::move(fields));
  }

  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return files_.size(); }

  Result<std::unique_ptr<RelationReader>> Read(std::size_t part,
                                               const std::vector<int>& columns) const override {
    delta::ScanOptions options;
    options.columns.emplace();
    for (const int column : columns) {
      if (column < snapshot_->schema()->num_fields()) {
        options.columns->push_back(schema_->field(column)->name());
      }
    }
    auto scan = TRY(delta::FileScan::Open(*store_, *snapshot_, *files_[part], options));
    return std::make_unique<PlacedReader>(std::move(scan), static_cast<std::int32_t>(part), columns,
                                          schema_);
  }

 private:
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<const delta::Snapshot> snapshot_;
  std::vector<const delta::AddFile*> files_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace

PlacedTable MakePlacedRelation(std::shared_ptr<ObjectStore> store,
                               std::shared_ptr<const delta::Snapshot> snapshot) {
  std::vector<const delta::AddFile*> files;
  for (const delta::AddFile& file : snapshot->files()) files.push_back(&file);
  auto relation = std::make_shared<PlacedRelation>(std::move(store), std::move(snapshot), files);
  return {std::move(relation), std::move(files)};
}

}  // namespace foreset::sql
