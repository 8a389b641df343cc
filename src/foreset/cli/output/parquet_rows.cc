// SPDX-License-Identifier: MIT
#include "foreset/cli/output/parquet_rows.h"

#include <ostream>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/columnar/parquet_writer.h"
#include "foreset/storage/object_store.h"

namespace foreset::cli {
namespace {

class StreamObject final : public ObjectWriter {
 public:
  explicit StreamObject(std::ostream& out) : out_(out) {}
  Status Write(Bytes bytes) override {
    out_ << AsText(bytes);
    return CheckStream(out_);
  }
  Status Finish() override { return CheckStream(out_.flush()); }

 private:
  std::ostream& out_;
};

// A store with one object that is being written: the stream.
class StreamStore final : public ObjectStore {
 public:
  explicit StreamStore(std::ostream& out) : out_(out) {}

  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view) override {
    return std::make_unique<StreamObject>(out_);
  }
  std::string Describe() const override { return "standard output"; }

  Result<std::string> Read(std::string_view) const override { return Unreadable(); }
  Result<std::string> ReadRange(std::string_view, std::uint64_t, std::uint64_t) const override {
    return Unreadable();
  }
  Result<ObjectInfo> Stat(std::string_view) const override { return Unreadable(); }
  Result<PutOutcome> PutIfAbsent(std::string_view, Bytes) override { return Unreadable(); }
  Status Put(std::string_view, Bytes) override { return Unreadable(); }
  Result<std::vector<ObjectInfo>> List(std::string_view, std::string_view) const override {
    return std::vector<ObjectInfo>();
  }
  Result<std::vector<std::string>> ListFolders(std::string_view) const override {
    return std::vector<std::string>();
  }
  Status Delete(std::string_view) override { return Unreadable(); }

 private:
  static std::unexpected<Error> Unreadable() {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, "standard output is only written to");
  }
  std::ostream& out_;
};

class ParquetRowWriter final : public RowWriter {
 public:
  ParquetRowWriter(std::unique_ptr<StreamStore> store, std::unique_ptr<ParquetWriter> writer)
      : store_(std::move(store)), writer_(std::move(writer)) {}

  Status Write(const arrow::RecordBatch& batch) override { return writer_->Write(batch); }
  Status Finish() override {
    RETURN_IF_ERROR(writer_->Finish());
    return {};
  }

 private:
  std::unique_ptr<StreamStore> store_;  // outlives the writer
  std::unique_ptr<ParquetWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> MakeParquetRowWriter(std::shared_ptr<arrow::Schema> schema,
                                                        std::ostream& out) {
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    fields.push_back(arrow::field(field->name(), field->type(), true));
  }
  auto store = std::make_unique<StreamStore>(out);
  auto writer = TRY(ParquetWriter::Open(*store, "rows.parquet", arrow::schema(fields)));
  return std::make_unique<ParquetRowWriter>(std::move(store), std::move(writer));
}

}  // namespace foreset::cli
