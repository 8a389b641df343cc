// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/source_block.h"

#include <array>
#include <optional>

#include <fmt/format.h>

namespace foreset::debezium {
namespace {

constexpr unsigned kOrdinalBits = 36;
// The two lowest bits of an ordinal say how many bits above them the partition has.
constexpr unsigned kClassBits = 2;
constexpr std::array<unsigned, 4> kPartitionBits = {2, 4, 7, 12};

std::optional<std::uint64_t> OrdinalOf(const TopicPlace& place) {
  std::uint64_t partition = place.partition;
  for (std::size_t size = 0; size < kPartitionBits.size(); ++size) {
    const unsigned bits = kPartitionBits[size];
    if (partition >= 1ULL << bits) {
      partition -= 1ULL << bits;
      continue;
    }
    if (place.offset >= 1ULL << (kOrdinalBits - kClassBits - bits)) return std::nullopt;
    return (place.offset << bits | partition) << kClassBits | size;
  }
  return std::nullopt;
}

std::unexpected<Error> Missing(std::string what) {
  return Err(ErrorKind::kUnsupported, ErrorCode::kDebeziumPlaceMissing, std::move(what));
}

Status CheckPosition(const SourceBlock& source) {
  if (source.file.empty()) return Missing("a message does not tell its binlog file");
  if (!source.position) return Missing("a message does not tell its position in the binlog");
  return {};
}

}  // namespace

Result<Sequence> SequenceOf(const SourceBlock& source, Operation operation, SourceEpoch epoch) {
  RETURN_IF_ERROR(CheckPosition(source));
  if (operation != Operation::kTruncate && !source.row) {
    return Missing("a message does not tell its row within the event");
  }
  const std::uint64_t row = operation == Operation::kTruncate ? 0 : *source.row;
  return Sequence(epoch.value(), BinlogFileNumber(source.file), *source.position, row, operation);
}

Result<Sequence> SequenceOfDdl(const SourceBlock& source, SourceEpoch epoch) {
  return SequenceOf(source, Operation::kTruncate, epoch);
}

Result<Sequence> SnapshotSequenceOf(const SourceBlock& source, SourceEpoch epoch,
                                    const TopicPlace& place) {
  RETURN_IF_ERROR(CheckPosition(source));
  const auto ordinal = OrdinalOf(place);
  if (!ordinal) {
    return Missing(fmt::format("offset {} of partition {} is too high for a row of a snapshot",
                               place.offset, place.partition));
  }
  return Sequence(epoch.value(), BinlogFileNumber(source.file), *source.position, *ordinal,
                  Operation::kSnapshot);
}

SourceTransaction TransactionOf(const SourceBlock& source, std::string_view transaction_id) {
  SourceTransaction transaction;
  transaction.gtid = source.gtid;
  transaction.file = source.file;
  transaction.offset = source.position.value_or(0);
  transaction.committed_at = source.committed_at;
  transaction.server_id = static_cast<std::uint32_t>(source.server_id);
  transaction.thread = source.thread > 0 ? static_cast<std::uint64_t>(source.thread) : 0;
  if (!transaction_id.empty()) {
    transaction.id = transaction_id;
  } else if (!source.gtid.empty()) {
    transaction.id = source.gtid;
  } else {
    transaction.id = fmt::format("file={},pos={}", source.file, transaction.offset);
  }
  return transaction;
}

}  // namespace foreset::debezium
