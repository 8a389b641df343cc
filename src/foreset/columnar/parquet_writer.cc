// SPDX-License-Identifier: MIT
#include "foreset/columnar/parquet_writer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
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
// A page ends after a call that makes it full, and a call takes a thousand values: of large ones
// fewer are given at a time.
constexpr std::int64_t kPieceBytes = 1L << 20U;
constexpr std::int64_t kValuesOfCall = 1024;
// From here on a piece is a row group of its own, written column by column: a group of several
// pieces keeps every column's encoder and pages until it ends.
constexpr std::int64_t kAloneBytes = 8L << 20U;
// Encoders and pages of large rows are rarely smaller than they: their row groups are.
constexpr std::int64_t kLargeRowBytes = 64L << 10U;
constexpr std::int64_t kLargeRowsGroupBytes = 16L << 20U;

template <typename Call>
auto Written(Call call) -> decltype(FromArrow(call())) {
  try {
    return FromArrow(call());
  } catch (const parquet::ParquetStatusException& e) {
    return std::unexpected(ErrorFromArrow(e.status()));
  } catch (const std::exception& e) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("writing Parquet: {}", e.what()));
  }
}

bool HasLargeValue(const arrow::BinaryArray& values) {
  if (values.total_values_length() < ParquetWriter::kLargeValueBytes) return false;
  for (std::int64_t i = 0; i < values.length(); ++i) {
    if (values.value_length(i) >= ParquetWriter::kLargeValueBytes) return true;
  }
  return false;
}

// Adds the paths of the leaves that have a large value: "name", "after.name".
void FindLarge(const arrow::Array& values, const std::string& path, std::set<std::string>& large) {
  if (values.type_id() == arrow::Type::STRUCT) {
    const auto& parent = static_cast<const arrow::StructArray&>(values);
    for (int i = 0; i < parent.num_fields(); ++i) {
      FindLarge(*parent.field(i), path + "." + parent.type()->field(i)->name(), large);
    }
  } else if (arrow::is_base_binary_like(values.type_id()) &&
             HasLargeValue(static_cast<const arrow::BinaryArray&>(values))) {
    large.insert(path);
  }
}

// By the names of `schema`.
std::set<std::string> LargeColumns(const arrow::RecordBatch& batch, const arrow::Schema& schema) {
  std::set<std::string> large;
  for (int i = 0; i < std::min(batch.num_columns(), schema.num_fields()); ++i) {
    FindLarge(*batch.column(i), schema.field(i)->name(), large);
  }
  return large;
}

// How many rows are given to the library at a time.
std::int64_t RowsOfPiece(std::int64_t rows, std::int64_t bytes) {
  if (rows == 0 || bytes / rows * kValuesOfCall <= kPieceBytes)
    return std::max<std::int64_t>(rows, 1);
  return std::max<std::int64_t>(1, rows * kPieceBytes / bytes);
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
                                                            const ParquetWriteOptions& options,
                                                            const std::set<std::string>& large) {
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
  for (const std::string& path : large) {
    builder.disable_dictionary(path)->disable_statistics(path);
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

  Status Write(const arrow::RecordBatch& batch) override {
    RETURN_IF_ERROR(CheckNulls(batch));
    const auto retyped = TRY(Retype(batch, schema_));
    if (!writer_) RETURN_IF_ERROR(Begin(LargeColumns(*retyped, *schema_)));
    const std::int64_t bytes = TRY(FromArrow(arrow::util::ReferencedBufferSize(*retyped)));
    const std::int64_t rows = RowsOfPiece(retyped->num_rows(), bytes);
    if (rows >= retyped->num_rows()) return WritePiece(retyped, bytes);
    for (std::int64_t first = 0; first < retyped->num_rows(); first += rows) {
      const auto piece = retyped->Slice(first, rows);
      RETURN_IF_ERROR(WritePiece(piece, TRY(FromArrow(arrow::util::ReferencedBufferSize(*piece)))));
    }
    return {};
  }

  bool Suits(const arrow::RecordBatch& batch) const override {
    return !writer_ || std::ranges::includes(large_, LargeColumns(batch, *schema_));
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
    if (!writer_) RETURN_IF_ERROR(Begin({}));
    RETURN_IF_ERROR(Written([&] { return writer_->Close(); }));
    writer_.reset();
    RETURN_IF_ERROR(output_->Finish());
    return *output_->Tell();
  }

 private:
  Status Begin(std::set<std::string> large) {
    large_ = std::move(large);
    writer_ = TRY(Written([&] {
      return parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), output_,
                                              WriterProperties(*schema_, options_, large_),
                                              ArrowProperties());
    }));
    return {};
  }

  Status WritePiece(const std::shared_ptr<arrow::RecordBatch>& piece, std::int64_t bytes) {
    rows_ += piece->num_rows();
    total_bytes_ += bytes;
    if (bytes >= kAloneBytes && piece->num_rows() == 1) {
      const auto table = TRY(FromArrow(arrow::Table::FromRecordBatches({piece})));
      RETURN_IF_ERROR(Written([&] { return writer_->WriteTable(*table, 1); }));
      encoded_of_bytes_ = total_bytes_;
      group_bytes_ = 0;
      return {};
    }
    const bool large_rows = bytes / std::max<std::int64_t>(piece->num_rows(), 1) >= kLargeRowBytes;
    const std::int64_t most = large_rows ? std::min(options_.row_group_bytes, kLargeRowsGroupBytes)
                                         : options_.row_group_bytes;
    if (group_bytes_ > 0 && group_bytes_ + bytes > most) {
      RETURN_IF_ERROR(Written([&] { return writer_->NewBufferedRowGroup(); }));
      encoded_of_bytes_ = total_bytes_ - bytes;
      group_bytes_ = 0;
    }
    group_bytes_ += bytes;
    return Written([&] { return writer_->WriteRecordBatch(*piece); });
  }

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
  std::unique_ptr<parquet::arrow::FileWriter> writer_;  // from the first batch on
  std::set<std::string> large_;                         // paths of columns with large values
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
  return std::make_unique<ParquetWriterImpl>(std::move(schema), options, std::move(output));
}

}  // namespace foreset
