// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset {

// Decompresses one whole zstd (possibly several frames) or zlib stream. Never allocates more than
// `limit_bytes`: a stream that would grow beyond it, is damaged or is cut short is kCorruption.
Result<std::string> DecompressZstd(Bytes compressed, std::size_t limit_bytes);
Result<std::string> DecompressZlib(Bytes compressed, std::size_t limit_bytes);

// CRC-32 as in zlib, of MySQL's event footers and Delta's deletion vectors.
std::uint32_t Crc32(Bytes bytes);

}  // namespace foreset
