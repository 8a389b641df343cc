// SPDX-License-Identifier: MIT
#include "foreset/columnar/parquet_file.h"

#include <charconv>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>

#include "foreset/columnar/object_streams.h"
#include "foreset/model/arrow_status.h"

namespace foreset {
namespace {

constexpr const char* kFieldIdKey = "PARQUET:field_id";
constexpr ArrowBlame kDamaged{ErrorKind::kCorruption, ErrorCode::kParquetDamaged};

// Runs a call into Parquet; what it returns or throws becomes an Error that names the path.
template <typename Call>
auto Guarded(const std::string& path, Call call) -> decltype(FromArrow(call(), kDamaged)) {
  try {
    auto result = FromArrow(call(), kDamaged);
    if (!result) return std::unexpected(std::move(result).error().Within("reading " + path));
    return result;
  } catch (const parquet::ParquetStatusException& e) {
    return std::unexpected(ErrorFromArrow(e.status(), kDamaged).Within("reading " + path));
  } catch (const std::exception& e) {
    return Err(kDamaged.kind, kDamaged.code, fmt::format("reading {}: {}", path, e.what()));
  }
}

// Whether a row group has rows so large that its bytes are rather not held beside its pages.
bool HasLargeRows(const ParquetFooter& footer) {
  constexpr std::int64_t kLargeRowBytes = 1L << 20U;
  for (int i = 0; footer && i < footer->num_row_groups(); ++i) {
    const auto group = footer->RowGroup(i);
    if (group->total_byte_size() / kLargeRowBytes > group->num_rows()) return true;
  }
  return false;
}

// Pages whose writer gave them a checksum are held against it.
parquet::ReaderProperties VerifyingProperties(bool large_rows) {
  parquet::ReaderProperties properties = parquet::default_reader_properties();
  properties.set_page_checksum_verification(true);
  if (large_rows) {
    constexpr std::int64_t kStreamBytes = 1L << 20U;
    properties.enable_buffered_stream();
    properties.set_buffer_size(kStreamBytes);
  }
  return properties;
}

parquet::ArrowReaderProperties ReaderProperties(std::int64_t batch_rows, bool large_rows) {
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_batch_size(batch_rows);
  properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
  properties.set_pre_buffer(!large_rows);
  return properties;
}

void CollectLeaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.column_index >= 0) leaves.push_back(field.column_index);
  for (const auto& child : field.children) CollectLeaves(child, leaves);
}

using ArrowReader = std::shared_ptr<parquet::arrow::FileReader>;

// One row group after the other, so that only one is buffered at a time.
class RowGroupBatches final : public ParquetBatches {
 public:
  RowGroupBatches(std::string path, ArrowReader reader, std::vector<int> leaves)
      : path_(std::move(path)), reader_(std::move(reader)), leaves_(std::move(leaves)) {}

  Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    while (true) {
      if (!group_) {
        if (next_group_ == reader_->num_row_groups()) return nullptr;
        group_ = TRY(
            Guarded(path_, [&] { return reader_->GetRecordBatchReader({next_group_}, leaves_); }));
        rows_left_ = reader_->parquet_reader()->metadata()->RowGroup(next_group_)->num_rows();
        ++next_group_;
      }
      auto batch = TRY(NextOfGroup());
      if (batch && rows_left_ > 0) return batch;
      // The group's pages are given back before its last rows are worked on.
      if (rows_left_ == 0 && batch) TRY(NextOfGroup());
      // A damaged page header can end a column early, and the library takes that for its end.
      if (rows_left_ != 0) {
        return Err(
            ErrorKind::kCorruption, ErrorCode::kParquetDamaged,
            fmt::format("reading {}: row group {} has {} rows {} than it says", path_,
                        next_group_ - 1, std::abs(rows_left_), rows_left_ > 0 ? "fewer" : "more"));
      }
      group_.reset();
      if (batch) return batch;
    }
  }

 private:
  Result<std::shared_ptr<arrow::RecordBatch>> NextOfGroup() {
    auto batch = TRY(Guarded(path_, [&] { return group_->Next(); }));
    rows_left_ -= batch ? batch->num_rows() : 0;
    return batch;
  }

  const std::string path_;
  const ArrowReader reader_;
  const std::vector<int> leaves_;
  std::unique_ptr<arrow::RecordBatchReader> group_;
  int next_group_ = 0;
  std::int64_t rows_left_ = 0;  // of the group
};

class ParquetFileImpl final : public ParquetFile {
 public:
  static Result<std::unique_ptr<ParquetFile>> Open(const ObjectStore& store, std::string path,
                                                   ParquetFooter footer) {
    auto input = TRY(ObjectInput::Open(store, path));
    auto file = std::make_unique<ParquetFileImpl>(std::move(path), std::move(input));
    file->footer_ = std::move(footer);
    const ArrowReader reader = TRY(file->OpenReader(ParquetReadOptions{}.batch_rows));
    file->footer_ = reader->parquet_reader()->metadata();
    for (const auto& field : reader->manifest().schema_fields) {
      CollectLeaves(field, file->leaves_of_field_.emplace_back());
    }
    RETURN_IF_ERROR(Guarded(file->path_, [&] { return reader->GetSchema(&file->schema_); }));
    return file;
  }

  ParquetFileImpl(std::string path, std::shared_ptr<ObjectInput> input)
      : path_(std::move(path)), input_(std::move(input)) {}

  const ParquetFooter& footer() const override { return footer_; }
  std::int64_t rows() const override { return footer_->num_rows(); }
  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }

  std::optional<int> FindField(std::string_view name) const override {
    for (int i = 0; i < schema_->num_fields(); ++i) {
      if (schema_->field(i)->name() == name) return i;
    }
    return std::nullopt;
  }
  std::optional<int> FindFieldById(std::int32_t field_id) const override {
    for (int i = 0; i < schema_->num_fields(); ++i) {
      if (ParquetFieldId(*schema_->field(i)) == field_id) return i;
    }
    return std::nullopt;
  }

  Result<std::unique_ptr<ParquetBatches>> Read(const ParquetReadOptions& options) const override {
    std::vector<int> fields(leaves_of_field_.size());
    std::iota(fields.begin(), fields.end(), 0);
    if (options.fields) fields = *options.fields;
    std::vector<int> leaves;
    for (const int field : fields) {
      const auto& of_field = leaves_of_field_[static_cast<std::size_t>(field)];
      leaves.insert(leaves.end(), of_field.begin(), of_field.end());
    }
    return std::make_unique<RowGroupBatches>(path_, TRY(OpenReader(options.batch_rows)),
                                             std::move(leaves));
  }

 private:
  Result<ArrowReader> OpenReader(std::int64_t batch_rows) const {
    auto reader =
        TRY(Guarded(path_, [&]() -> arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> {
          parquet::arrow::FileReaderBuilder builder;
          const bool large_rows = HasLargeRows(footer_);
          ARROW_RETURN_NOT_OK(builder.Open(input_, VerifyingProperties(large_rows), footer_));
          return builder.properties(ReaderProperties(batch_rows, large_rows))->Build();
        }));
    return ArrowReader(std::move(reader));
  }

  const std::string path_;
  const std::shared_ptr<ObjectInput> input_;
  ParquetFooter footer_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::vector<int>> leaves_of_field_;
};

}  // namespace

Result<std::unique_ptr<ParquetFile>> ParquetFile::Open(const ObjectStore& store, std::string path,
                                                       ParquetFooter footer) {
  return ParquetFileImpl::Open(store, std::move(path), std::move(footer));
}

std::optional<std::int32_t> ParquetFieldId(const arrow::Field& field) {
  if (!field.HasMetadata()) return std::nullopt;
  const auto text = field.metadata()->Get(kFieldIdKey);
  std::int32_t id = 0;
  if (!text.ok() ||
      std::from_chars(text->data(), text->data() + text->size(), id).ec != std::errc{}) {
    return std::nullopt;
  }
  return id;
}

std::shared_ptr<arrow::Field> WithParquetFieldId(const std::shared_ptr<arrow::Field>& field,
                                                 std::int32_t field_id) {
  return field->WithMergedMetadata(
      arrow::key_value_metadata({kFieldIdKey}, {fmt::format("{}", field_id)}));
}

}  // namespace foreset
