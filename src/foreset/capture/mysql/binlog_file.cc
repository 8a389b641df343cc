// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/binlog_file.h"

#include <fstream>
#include <iterator>

#include "foreset/capture/mysql/binlog_event.h"

namespace foreset::mysql {

Result<BinlogFile> BinlogFile::Open(Bytes bytes) {
  constexpr std::string_view kMagic =
      "\xfe"
      "bin";
  if (bytes.size() < kMagic.size() || AsText(bytes.first(kMagic.size())) != kMagic) {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged, "not a binlog file");
  }
  return BinlogFile(bytes.subspan(kMagic.size()));
}

Result<Bytes> BinlogFile::Next() {
  if (in_.empty()) return Bytes();
  ByteReader peek = in_;
  peek.Skip(kEventSizeOffset);
  const std::size_t size = peek.U32();
  const Bytes event = in_.Take(size < kEventHeaderBytes ? kEventHeaderBytes : size);
  if (!in_.ok()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
               "the binlog file ends within an event");
  }
  return event;
}

Result<std::string> ReadBinlogFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Err(ErrorKind::kNotFound, ErrorCode::kStorageIo, "cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace foreset::mysql
