// SPDX-License-Identifier: MIT
#include "foreset/columnar/object_streams.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/util/future.h>

#include "foreset/model/arrow_status.h"

namespace foreset {
namespace {

constexpr std::size_t kOutputPieceBytes = 1U << 20U;

}  // namespace

Result<std::shared_ptr<ObjectInput>> ObjectInput::Open(const ObjectStore& store, std::string path) {
  const ObjectInfo info = TRY(store.Stat(path));
  std::shared_ptr<ObjectInput> input(
      new ObjectInput(store, std::move(path), static_cast<std::int64_t>(info.size_bytes)));
  if (info.size_bytes <= kWholeObjectBytes) {
    input->whole_ =
        arrow::Buffer::FromString(TRY(store.ReadRange(input->path_, 0, info.size_bytes)));
  }
  return input;
}

arrow::Status ObjectInput::Close() {
  closed_ = true;
  whole_.reset();
  return arrow::Status::OK();
}

arrow::Status ObjectInput::Seek(std::int64_t position) {
  if (position < 0) return arrow::Status::Invalid("seek before the beginning");
  position_ = position;
  return arrow::Status::OK();
}

arrow::Result<std::int64_t> ObjectInput::Read(std::int64_t nbytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const std::int64_t count, ReadAt(position_, nbytes, out));
  position_ += count;
  return count;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectInput::Read(std::int64_t nbytes) {
  ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, nbytes));
  position_ += buffer->size();
  return buffer;
}

arrow::Result<std::int64_t> ObjectInput::ReadAt(std::int64_t position, std::int64_t nbytes,
                                                void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto buffer, ReadAt(position, nbytes));
  std::memcpy(out, buffer->data(), static_cast<std::size_t>(buffer->size()));
  return buffer->size();
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectInput::ReadAt(std::int64_t position,
                                                                  std::int64_t nbytes) {
  if (closed_) return arrow::Status::Invalid("reading a closed object");
  if (position < 0 || nbytes < 0) return arrow::Status::Invalid("reading a negative range");
  position = std::min(position, size_);
  nbytes = std::min(nbytes, size_ - position);
  if (whole_) return arrow::SliceBuffer(whole_, position, nbytes);
  auto bytes = store_.ReadRange(path_, static_cast<std::uint64_t>(position),
                                static_cast<std::uint64_t>(nbytes));
  if (!bytes) return ToArrow(std::move(bytes).error());
  return arrow::Buffer::FromString(*std::move(bytes));
}

arrow::Future<std::shared_ptr<arrow::Buffer>> ObjectInput::ReadAsync(
    const arrow::io::IOContext& /*context*/, std::int64_t position, std::int64_t nbytes) {
  return arrow::Future<std::shared_ptr<arrow::Buffer>>::MakeFinished(ReadAt(position, nbytes));
}

arrow::Status ObjectOutput::Write(const void* data, std::int64_t nbytes) {
  position_ += nbytes;
  if (!writer_) return arrow::Status::OK();
  const std::string_view bytes(static_cast<const char*>(data), static_cast<std::size_t>(nbytes));
  if (buffer_.size() + bytes.size() >= kOutputPieceBytes) ARROW_RETURN_NOT_OK(FlushBuffer());
  if (bytes.size() >= kOutputPieceBytes) return WriteNow(bytes);  // no second copy of it
  buffer_.append(bytes);
  return arrow::Status::OK();
}

arrow::Status ObjectOutput::FlushBuffer() {
  if (!buffer_.empty()) ARROW_RETURN_NOT_OK(WriteNow(buffer_));
  buffer_.clear();
  return arrow::Status::OK();
}

arrow::Status ObjectOutput::WriteNow(std::string_view bytes) {
  if (!writer_) return arrow::Status::OK();
  auto written = writer_->Write(AsBytes(bytes));
  return written ? arrow::Status::OK() : ToArrow(std::move(written).error());
}

arrow::Status ObjectOutput::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

Status ObjectOutput::Finish() {
  RETURN_IF_ERROR(FromArrow(FlushBuffer()));
  const std::unique_ptr<ObjectWriter> writer = std::move(writer_);
  if (!writer) return Err(ErrorKind::kInternal, ErrorCode::kInternal, "object finished twice");
  return writer->Finish();
}

}  // namespace foreset
