// SPDX-License-Identifier: MIT
#include "foreset/base/compression.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

namespace foreset {
namespace {

constexpr std::size_t kStepBytes = 1U << 18U;

std::unexpected<Error> Damaged(std::string what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kCompressedDamaged, std::move(what));
}

// Grows `out` by one step within the limit; false when the limit is reached.
bool Grow(std::string& out, std::size_t limit_bytes) {
  if (out.size() >= limit_bytes) return false;
  out.resize(std::min(limit_bytes, out.size() + std::max(kStepBytes, out.size())));
  return true;
}

// A negative number of window bits means that there is no zlib header.
Result<std::string> Inflate(Bytes compressed, std::size_t limit_bytes, int window_bits) {
  z_stream stream{};
  if (inflateInit2(&stream, window_bits) != Z_OK) return Damaged("zlib cannot start");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  stream.next_in = const_cast<Bytef*>(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    if (stream.total_out == out.size() && !Grow(out, limit_bytes)) {
      return Damaged(fmt::format("zlib data exceed the limit of {} bytes", limit_bytes));
    }
    stream.next_out = reinterpret_cast<Bytef*>(out.data()) + stream.total_out;
    stream.avail_out = static_cast<uInt>(out.size() - stream.total_out);
    state = inflate(&stream, Z_NO_FLUSH);
    if (state == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) state = Z_DATA_ERROR;
    if (state != Z_OK && state != Z_STREAM_END) {
      return Damaged("zlib data are damaged or cut short");
    }
  }
  out.resize(stream.total_out);
  return out;
}

}  // namespace

std::string CompressGzip(Bytes plain) {
  constexpr int kWithGzipHeader = 15 + 16;
  constexpr int kMemory = 8;
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWithGzipHeader, kMemory,
               Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = const_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> DecompressZstd(Bytes compressed, std::size_t limit_bytes) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                          &ZSTD_freeDStream);
  std::string out;
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  std::size_t written = 0;
  std::size_t hint = 1;
  while (in.pos < in.size || (hint != 0 && written == out.size() && !out.empty())) {
    if (written == out.size() && !Grow(out, limit_bytes)) {
      return Damaged(fmt::format("zstd data exceed the limit of {} bytes", limit_bytes));
    }
    ZSTD_outBuffer buffer{out.data(), out.size(), written};
    hint = ZSTD_decompressStream(stream.get(), &buffer, &in);
    if (ZSTD_isError(hint) != 0U) {
      return Damaged(fmt::format("zstd: {}", ZSTD_getErrorName(hint)));
    }
    if (buffer.pos == written && in.pos == in.size) break;
    written = buffer.pos;
  }
  if (hint != 0) return Damaged("zstd data end in the middle of a frame");
  out.resize(written);
  return out;
}

Result<std::string> DecompressZlib(Bytes compressed, std::size_t limit_bytes) {
  return Inflate(compressed, limit_bytes, MAX_WBITS);
}

Result<std::string> DecompressDeflate(Bytes compressed, std::size_t limit_bytes) {
  return Inflate(compressed, limit_bytes, -MAX_WBITS);
}

struct ZstdReader::State {
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream{ZSTD_createDStream(),
                                                                    &ZSTD_freeDStream};
  ZSTD_inBuffer in{nullptr, 0, 0};
  std::size_t hint = 1;  // 0: at the end of a frame
};

ZstdReader::ZstdReader(Bytes compressed) : state_(std::make_unique<State>()) {
  state_->in = {compressed.data(), compressed.size(), 0};
}
ZstdReader::~ZstdReader() = default;

Result<std::size_t> ZstdReader::Read(std::span<std::uint8_t> out) {
  ZSTD_outBuffer buffer{out.data(), out.size(), 0};
  while (buffer.pos < buffer.size) {
    const std::size_t before = buffer.pos;
    const bool input_ended = state_->in.pos == state_->in.size;
    if (input_ended && state_->hint == 0) break;
    state_->hint = ZSTD_decompressStream(state_->stream.get(), &buffer, &state_->in);
    if (ZSTD_isError(state_->hint) != 0U) {
      return Damaged(fmt::format("zstd: {}", ZSTD_getErrorName(state_->hint)));
    }
    if (input_ended && buffer.pos == before && state_->hint != 0) {
      return Damaged("zstd data end in the middle of a frame");
    }
  }
  return buffer.pos;
}

std::uint32_t Crc32(Bytes bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

}  // namespace foreset
