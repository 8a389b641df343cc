// SPDX-License-Identifier: MIT
#include "foreset/cli/output/object_rows.h"

#include <ostream>
#include <streambuf>
#include <utility>

#include <arrow/record_batch.h>

#include "foreset/base/compression.h"
#include "foreset/columnar/parquet_writer.h"

namespace foreset::cli {
namespace {

constexpr std::size_t kPieceBytes = 1UL << 20U;

// What goes into an object. The stream's state tells that something failed, this tells what.
class ObjectBuffer final : public std::streambuf {
 public:
  ObjectBuffer(std::unique_ptr<ObjectWriter> writer, bool gzip)
      : writer_(std::move(writer)), gzip_(gzip) {}

  Status Finish() {
    RETURN_IF_ERROR(Send());
    return writer_->Finish();
  }
  const Status& status() const { return status_; }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    piece_.append(text, static_cast<std::size_t>(size));
    if (piece_.size() >= kPieceBytes && !Send()) return 0;
    return size;
  }

 private:
  Status Send() {
    if (gzip_) piece_ = CompressGzip(AsBytes(piece_));
    if (status_) status_ = writer_->Write(AsBytes(piece_));
    piece_.clear();
    return status_;
  }

  std::unique_ptr<ObjectWriter> writer_;
  bool gzip_;
  std::string piece_;
  Status status_;
};

class TextObject final : public RowWriter {
 public:
  TextObject(std::unique_ptr<ObjectWriter> writer, OutputFormat format, bool gzip,
             std::shared_ptr<arrow::Schema> schema)
      : buffer_(std::move(writer), gzip),
        stream_(&buffer_),
        rows_(MakeTextWriter(format, std::move(schema), stream_)) {}

  Status Write(const arrow::RecordBatch& batch) override {
    const Status written = rows_->Write(batch);
    return buffer_.status() ? written : buffer_.status();
  }
  Status Finish() override {
    RETURN_IF_ERROR(rows_->Finish());
    return buffer_.Finish();
  }

 private:
  ObjectBuffer buffer_;
  std::ostream stream_;
  std::unique_ptr<RowWriter> rows_;
};

class ParquetObject final : public RowWriter {
 public:
  explicit ParquetObject(std::unique_ptr<ParquetWriter> writer) : writer_(std::move(writer)) {}
  Status Write(const arrow::RecordBatch& batch) override { return writer_->Write(batch); }
  Status Finish() override {
    RETURN_IF_ERROR(writer_->Finish());
    return {};
  }

 private:
  std::unique_ptr<ParquetWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> OpenObjectRows(ObjectStore& store, const std::string& path,
                                                  OutputFormat format, bool gzip,
                                                  std::shared_ptr<arrow::Schema> schema) {
  if (format == OutputFormat::kParquet) {
    return std::make_unique<ParquetObject>(
        TRY(ParquetWriter::Open(store, path, std::move(schema))));
  }
  return std::make_unique<TextObject>(TRY(store.Create(path)), format, gzip, std::move(schema));
}

}  // namespace foreset::cli
