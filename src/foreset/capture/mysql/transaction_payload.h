// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/compression.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/binlog_event.h"

namespace foreset::mysql {

// The events inside a TRANSACTION_PAYLOAD event, one at a time: however large the transaction is,
// memory holds one event (at most kMaxEventBytes) and the decompressor's window. Does not own the
// payload. Not thread-safe.
class TransactionPayload {
 public:
  // `body`: of the payload event. kCorruption when its header is damaged; kUnsupported with
  // kBinlogEventUnknown for a compression other than zstd and none.
  static Result<TransactionPayload> Open(Bytes body);

  // The next event, without checksum; empty at the end. Valid until the next call. kCorruption when
  // the stream is damaged; kUnsupported with kBinlogEventTooLarge.
  Result<Bytes> Next();

 private:
  explicit TransactionPayload(Bytes payload, bool zstd);
  // Appends `count` bytes to event_; fewer only at the stream's end.
  Status Read(std::size_t count);

  ByteReader stored_;
  std::unique_ptr<ZstdReader> zstd_;  // null: not compressed
  std::string event_;
};

}  // namespace foreset::mysql
