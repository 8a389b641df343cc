// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset {

// Decompresses one whole zstd (possibly several frames) or zlib stream. Never allocates more than
// `limit_bytes`: a stream that would grow beyond it, is damaged or is cut short is kCorruption.
Result<std::string> DecompressZstd(Bytes compressed, std::size_t limit_bytes);
Result<std::string> DecompressZlib(Bytes compressed, std::size_t limit_bytes);
// The same for a deflate stream without zlib's header and checksum.
Result<std::string> DecompressDeflate(Bytes compressed, std::size_t limit_bytes);

// One gzip member; several after one another are one stream, too.
std::string CompressGzip(Bytes plain);

// Decompresses zstd piece by piece, so that what comes out need never be in memory as a whole.
// Does not own the input. Not thread-safe.
class ZstdReader {
 public:
  explicit ZstdReader(Bytes compressed);
  ~ZstdReader();
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;

  // Fills `out` from its front and returns how much; less than its size only at the stream's end.
  // kCorruption when the stream is damaged or cut short.
  Result<std::size_t> Read(std::span<std::uint8_t> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// CRC-32 as in zlib, of MySQL's event footers and Delta's deletion vectors.
std::uint32_t Crc32(Bytes bytes);

}  // namespace foreset
