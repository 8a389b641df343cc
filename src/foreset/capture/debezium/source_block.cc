// SPDX-License-Identifier: MIT
#include "foreset/capture/debezium/source_block.h"

#include <bit>

#include <fmt/format.h>

namespace foreset::debezium {
namespace {

constexpr std::uint64_t kOrdinals = 1ULL << 36U;

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
  const std::uint64_t partitions = std::bit_ceil(std::uint64_t{place.partitions});
  if (place.partition >= partitions || place.offset > (kOrdinals - 1) / partitions - 1) {
    return Missing(fmt::format("offset {} of partition {} has no ordinal among {} partitions",
                               place.offset, place.partition, partitions));
  }
  return Sequence(epoch.value(), BinlogFileNumber(source.file), *source.position,
                  place.offset * partitions + place.partition, Operation::kSnapshot);
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
