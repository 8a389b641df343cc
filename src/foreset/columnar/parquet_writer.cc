// SPDX-License-Identifier: MIT
#include "foreset/columnar/parquet_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include "foreset/columnar/object_streams.h"
#include "foreset/columnar/retype.h"
#include "foreset/model/arrow_status.h"

namespace foreset {
namespace {

constexpr int kZstdLevel = 1;
// Beyond it a dictionary costs more than it saves, and the column goes on without.
constexpr std::int64_t kDictionaryBytes = 128L << 10U;
// Encoded size over Arrow's, before anything was measured.
constexpr double kUsualRatio = 0.35;

template <typename Call>
auto Guarded(Call call) -> decltype(FromArrow(call())) {
  try {
    return FromArrow(call());
  } catch (const parquet::ParquetStatusException& e) {
    return std::unexpected(ErrorFromArrow(e.status()));
  } catch (const std::exception& e) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("writing Parquet: {}", e.what()));
  }
}

// Dictionaries pay for values that repeat: text and numbers may, measurements and times rarely do.
// Times come in order, nearly.
void ChooseEncodings(const arrow::DataType& type, const std::string& path,
                     parquet::WriterProperties::Builder& builder) {
  switch (type.id()) {
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::BINARY:
      builder.disable_dictionary(path);
      break;
    case arrow::Type::TIMESTAMP:
      builder.disable_dictionary(path)->encoding(path, parquet::Encoding::DELTA_BINARY_PACKED);
      break;
    case arrow::Type::STRUCT:
      for (const auto& child : type.fields()) {
        ChooseEncodings(*child->type(), path + "." + child->name(), builder);
      }
      break;
    default:
      break;
  }
}

std::shared_ptr<parquet::WriterProperties> WriterProperties(const arrow::Schema& schema,
                                                            const ParquetWriteOptions& options) {
  parquet::WriterProperties::Builder builder;
  builder.created_by("foreset")
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->data_page_version(parquet::ParquetDataPageVersion::V1)
      ->compression(arrow::Compression::ZSTD)
      ->compression_level(kZstdLevel)
      ->dictionary_pagesize_limit(kDictionaryBytes)
      ->max_row_group_length(options.row_group_rows)
      ->enable_page_checksum()
      ->enable_store_decimal_as_integer();
  for (const auto& field : schema.fields()) {
    ChooseEncodings(*field->type(), field->name(), builder);
  }
  return builder.build();
}

std::shared_ptr<parquet::ArrowWriterProperties> ArrowProperties() {
  parquet::ArrowWriterProperties::Builder builder;
  return builder.coerce_timestamps(arrow::TimeUnit::MICRO)
      ->allow_truncated_timestamps()
      ->disable_deprecated_int96_timestamps()
      ->build();
}

class ParquetWriterImpl final : public ParquetWriter {
 public:
  ParquetWriterImpl(std::shared_ptr<arrow::Schema> schema, const ParquetWriteOptions& options,
                    std::shared_ptr<ObjectOutput> output)
      : schema_(std::move(schema)), options_(options), output_(std::move(output)) {}
  ~ParquetWriterImpl() override {
    // The library would write a footer into an object that nobody finishes.
    if (writer_) output_->Abandon();
  }

  Status Begin() {
    writer_ = TRY(Guarded([&] {
      return parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), output_,
                                              WriterProperties(*schema_, options_),
                                              ArrowProperties());
    }));
    return {};
  }

  Status Write(const arrow::RecordBatch& batch) override {
    RETURN_IF_ERROR(CheckNulls(batch));
    const auto retyped = TRY(Retype(batch, schema_));
    const std::int64_t bytes = TRY(FromArrow(arrow::util::ReferencedBufferSize(*retyped)));
    if (group_bytes_ > 0 && group_bytes_ + bytes > options_.row_group_bytes) {
      RETURN_IF_ERROR(Guarded([&] { return writer_->NewBufferedRowGroup(); }));
      encoded_of_bytes_ = total_bytes_;
      group_bytes_ = 0;
    }
    RETURN_IF_ERROR(Guarded([&] { return writer_->WriteRecordBatch(*retyped); }));
    group_bytes_ += bytes;
    total_bytes_ += bytes;
    rows_ += batch.num_rows();
    return {};
  }

  std::int64_t rows() const override { return rows_; }

  std::int64_t bytes() const override {
    const auto encoded = static_cast<double>(*output_->Tell());
    const double ratio =
        encoded_of_bytes_ > 0 ? encoded / static_cast<double>(encoded_of_bytes_) : kUsualRatio;
    return static_cast<std::int64_t>(encoded +
                                     ratio * static_cast<double>(total_bytes_ - encoded_of_bytes_));
  }

  Result<std::int64_t> Finish() override {
    RETURN_IF_ERROR(Guarded([&] { return writer_->Close(); }));
    writer_.reset();
    RETURN_IF_ERROR(output_->Finish());
    return *output_->Tell();
  }

 private:
  Status CheckNulls(const arrow::RecordBatch& batch) const {
    for (int i = 0; i < std::min(batch.num_columns(), schema_->num_fields()); ++i) {
      if (!schema_->field(i)->nullable() && batch.column_data(i)->GetNullCount() > 0) {
        return Err(ErrorKind::kInvalidInput, ErrorCode::kColumnNotNull,
                   fmt::format("column {} has NULLs", schema_->field(i)->name()));
      }
    }
    return {};
  }

  const std::shared_ptr<arrow::Schema> schema_;
  const ParquetWriteOptions options_;
  const std::shared_ptr<ObjectOutput> output_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::int64_t rows_ = 0;
  std::int64_t total_bytes_ = 0;       // Arrow bytes given
  std::int64_t encoded_of_bytes_ = 0;  // how many of them are in the output already
  std::int64_t group_bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::Open(ObjectStore& store,
                                                           const std::string& path,
                                                           std::shared_ptr<arrow::Schema> schema,
                                                           const ParquetWriteOptions& options) {
  auto output = std::make_shared<ObjectOutput>(TRY(store.Create(path)));
  auto writer = std::make_unique<ParquetWriterImpl>(std::move(schema), options, std::move(output));
  RETURN_IF_ERROR(writer->Begin());
  return writer;
}

}  // namespace foreset
