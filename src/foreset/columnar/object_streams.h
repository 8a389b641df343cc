// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

// Objects of a store as Arrow's files. Errors of the store pass through Arrow unchanged
// (ErrorFromArrow gives them back). Not thread-safe.
namespace foreset {

// Reads one object by ranges. Objects of up to kWholeObjectBytes are fetched at once and kept.
class ObjectInput final : public arrow::io::RandomAccessFile {
 public:
  static constexpr std::uint64_t kWholeObjectBytes = 256U << 10U;

  // `store` must outlive the input.
  static Result<std::shared_ptr<ObjectInput>> Open(const ObjectStore& store, std::string path);

  arrow::Status Close() override;
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override;
  arrow::Result<std::int64_t> GetSize() override { return size_; }
  arrow::Result<std::int64_t> Read(std::int64_t nbytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t nbytes) override;
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t nbytes,
                                     void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position,
                                                       std::int64_t nbytes) override;
  // In the calling thread: Foreset's threads are started by its pipeline only.
  arrow::Future<std::shared_ptr<arrow::Buffer>> ReadAsync(const arrow::io::IOContext& context,
                                                          std::int64_t position,
                                                          std::int64_t nbytes) override;
  using arrow::io::RandomAccessFile::ReadAsync;
  using arrow::io::RandomAccessFile::ReadAt;

 private:
  ObjectInput(const ObjectStore& store, std::string path, std::int64_t size)
      : store_(store), path_(std::move(path)), size_(size) {}

  const ObjectStore& store_;
  const std::string path_;
  const std::int64_t size_;
  std::shared_ptr<arrow::Buffer> whole_;  // of a small object
  std::int64_t position_ = 0;
  bool closed_ = false;
};

// Writes one object in large pieces. Close() does not make it visible, Finish() does.
class ObjectOutput final : public arrow::io::OutputStream {
 public:
  explicit ObjectOutput(std::unique_ptr<ObjectWriter> writer) : writer_(std::move(writer)) {}

  arrow::Status Write(const void* data, std::int64_t nbytes) override;
  using arrow::io::OutputStream::Write;
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

  // Makes the object durable and visible.
  Status Finish();
  // Swallows all further writes; the object will never be.
  void Abandon() { writer_.reset(); }

 private:
  arrow::Status FlushBuffer();
  arrow::Status WriteNow(std::string_view bytes);

  std::unique_ptr<ObjectWriter> writer_;  // null once finished or abandoned
  std::string buffer_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace foreset
