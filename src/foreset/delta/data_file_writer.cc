// SPDX-License-Identifier: MIT
#include "foreset/delta/data_file_writer.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/columnar/parquet_file.h"
#include "foreset/columnar/parquet_writer.h"
#include "foreset/columnar/statistics.h"
#include "foreset/delta/data_path.h"
#include "foreset/delta/schema_json.h"

namespace foreset::delta {
namespace {

std::shared_ptr<arrow::Field> PhysicalField(const arrow::Field& field);

std::shared_ptr<arrow::DataType> PhysicalType(const std::shared_ptr<arrow::DataType>& type) {
  switch (type->id()) {
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& field : type->fields()) fields.push_back(PhysicalField(*field));
      return arrow::struct_(fields);
    }
    case arrow::Type::LIST:
      return arrow::list(PhysicalField(*type->field(0)));
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*type);
      return std::make_shared<arrow::MapType>(PhysicalField(*map.key_field()),
                                              PhysicalField(*map.item_field()));
    }
    default:
      return type;
  }
}

// "Column Mapping", writer requirements: physical names and ids in Parquet.
std::shared_ptr<arrow::Field> PhysicalField(const arrow::Field& field) {
  auto physical = arrow::field(PhysicalName(field), PhysicalType(field.type()), field.nullable());
  const auto id = ColumnId(field);
  return id ? WithParquetFieldId(physical, *id) : physical;
}

arrow::FieldVector PhysicalFields(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields()) fields.push_back(PhysicalField(*field));
  return fields;
}

class DataFileWriterImpl final : public DataFileWriter {
 public:
  DataFileWriterImpl(std::string path, const arrow::Schema& physical,
                     std::unique_ptr<ParquetWriter> parquet)
      : path_(std::move(path)), parquet_(std::move(parquet)), statistics_(physical) {}

  Status Write(const arrow::RecordBatch& batch) override {
    RETURN_IF_ERROR(parquet_->Write(batch));
    statistics_.Update(batch);
    return {};
  }
  bool Suits(const arrow::RecordBatch& batch) const override { return parquet_->Suits(batch); }
  std::int64_t rows() const override { return parquet_->rows(); }
  std::int64_t bytes() const override { return parquet_->bytes(); }

  Result<AddFile> Finish(Timestamp now) override {
    AddFile file;
    file.path = EncodeUri(path_);
    file.size_bytes = TRY(parquet_->Finish());
    file.modification_time_ms = now.value() / 1000;
    file.stats_json = statistics_.ToJson();
    return file;
  }

 private:
  const std::string path_;
  const std::unique_ptr<ParquetWriter> parquet_;
  StatisticsCollector statistics_;
};

}  // namespace

Result<std::unique_ptr<DataFileWriter>> DataFileWriter::Open(
    ObjectStore& store, std::string path, std::shared_ptr<arrow::Schema> schema) {
  const auto physical = arrow::schema(PhysicalFields(*schema));
  auto parquet = TRY(ParquetWriter::Open(store, path, physical));
  return std::make_unique<DataFileWriterImpl>(std::move(path), *physical, std::move(parquet));
}

}  // namespace foreset::delta
