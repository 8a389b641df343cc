// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset::mysql {

// The events of a binlog file's bytes, one after another, without a server: for tests, fuzzers and
// benchmarks. Does not own the bytes. Not thread-safe.
class BinlogFile {
 public:
  // kCorruption with kBinlogEventDamaged when the bytes do not begin as a binlog.
  static Result<BinlogFile> Open(Bytes bytes);

  // The next event as RoundAssembler::Feed wants it; empty at the end. kCorruption when the file
  // ends within an event.
  Result<Bytes> Next();

 private:
  explicit BinlogFile(Bytes bytes) : in_(bytes) {}
  ByteReader in_;
};

// The whole file in memory. kNotFound with kStorageIo when it cannot be read.
Result<std::string> ReadBinlogFile(const std::string& path);

}  // namespace foreset::mysql
