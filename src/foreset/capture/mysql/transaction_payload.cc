// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/transaction_payload.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "foreset/capture/mysql/control_events.h"

namespace foreset::mysql {
namespace {

// Memory grows as the bytes come, so that a false size cannot take more than the stream holds.
constexpr std::size_t kStepBytes = 1U << 20U;

std::unexpected<Error> DamagedPayload(std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
             fmt::format("compressed transaction: {}", what));
}

}  // namespace

Result<TransactionPayload> TransactionPayload::Open(Bytes body) {
  // Fields of type, length and value until type 0; then the payload.
  constexpr std::uint64_t kEnd = 0;
  constexpr std::uint64_t kCompression = 2;
  constexpr std::uint64_t kZstd = 0;
  constexpr std::uint64_t kNone = 255;
  ByteReader in(body);
  std::uint64_t compression = kNone;
  while (in.ok()) {
    const std::uint64_t type = ReadPackedInteger(in);
    if (type == kEnd) break;
    const Bytes value = in.Take(ReadPackedInteger(in));
    if (type != kCompression) continue;
    ByteReader reader(value);
    compression = ReadPackedInteger(reader);
  }
  if (!in.ok()) return DamagedPayload("its header is cut short");
  if (compression != kZstd && compression != kNone) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventUnknown,
               fmt::format("transaction compressed by method {}", compression));
  }
  return TransactionPayload(in.Rest(), compression == kZstd);
}

TransactionPayload::TransactionPayload(Bytes payload, bool zstd)
    : stored_(payload), zstd_(zstd ? std::make_unique<ZstdReader>(payload) : nullptr) {}

Status TransactionPayload::Read(std::size_t count) {
  while (count > 0) {
    const std::size_t step = std::min(count, kStepBytes);
    if (zstd_ == nullptr) {
      const Bytes taken = stored_.Take(std::min(step, stored_.remaining()));
      if (taken.empty()) return {};
      event_.append(AsText(taken));
      count -= taken.size();
      continue;
    }
    const std::size_t from = event_.size();
    event_.resize(from + step);
    auto* const target = reinterpret_cast<std::uint8_t*>(event_.data()) + from;
    const std::size_t got = TRY(zstd_->Read(std::span(target, step)));
    event_.resize(from + got);
    if (got < step) return {};
    count -= step;
  }
  return {};
}

Result<Bytes> TransactionPayload::Next() {
  event_.clear();
  RETURN_IF_ERROR(Read(kEventHeaderBytes));
  if (event_.empty()) return Bytes();
  if (event_.size() < kEventHeaderBytes) return DamagedPayload("an event's header is cut short");
  const std::size_t size = ByteReader(AsBytes(event_).subspan(kEventSizeOffset)).U32();
  if (size < kEventHeaderBytes) return DamagedPayload("an event is shorter than its header");
  if (size > kMaxEventBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventTooLarge,
               fmt::format("an event of {} bytes in a compressed transaction exceeds the limit of "
                           "{} bytes",
                           size, kMaxEventBytes));
  }
  RETURN_IF_ERROR(Read(size - kEventHeaderBytes));
  if (event_.size() != size) return DamagedPayload("an event is cut short");
  return AsBytes(event_);
}

}  // namespace foreset::mysql
