// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/binlog_event.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "foreset/base/compression.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kFlagsOffset = 17;
constexpr std::size_t kServerVersionBytes = 50;
constexpr std::uint8_t kChecksumCrc32 = 1;

std::unexpected<Error> Damaged(std::string what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged, std::move(what));
}

EventHeader ReadHeader(Bytes event) {
  ByteReader in(event);
  EventHeader header;
  header.timestamp = in.U32();
  header.type = static_cast<EventType>(in.U8());
  header.server_id = in.U32();
  header.size = in.U32();
  header.end_position = in.U32();
  header.flags = in.U16();
  return header;
}

// The checksum of an open file's first event was made before its in-use flag was set.
std::uint32_t ContentChecksum(Bytes content, const EventHeader& header) {
  if (header.type != EventType::kFormatDescription || (header.flags & kFlagInUse) == 0) {
    return Crc32(content);
  }
  std::string copy(AsText(content));
  copy[kFlagsOffset] = static_cast<char>(copy[kFlagsOffset] & ~kFlagInUse);
  return Crc32(AsBytes(copy));
}

bool FooterMatches(Bytes event, const EventHeader& header) {
  const std::size_t content = event.size() - kChecksumBytes;
  ByteReader footer(event.subspan(content));
  return footer.U32() == ContentChecksum(event.first(content), header);
}

}  // namespace

Result<EventView> ParseEvent(Bytes event, Checksum checksum) {
  if (event.size() < kEventHeaderBytes) {
    return Damaged(fmt::format("an event of {} bytes is shorter than its header", event.size()));
  }
  EventView view{ReadHeader(event), {}, event};
  if (view.header.size != event.size()) {
    return Damaged(fmt::format("an event of type {} says {} bytes, but there are {}",
                               static_cast<int>(view.header.type), view.header.size, event.size()));
  }
  std::size_t end = event.size();
  const bool has_room = event.size() >= kEventHeaderBytes + kChecksumBytes;
  if (checksum == Checksum::kCrc32) {
    if (!has_room || !FooterMatches(event, view.header)) {
      return Damaged(fmt::format("the checksum of the event of type {} ending at {} does not match",
                                 static_cast<int>(view.header.type), view.header.end_position));
    }
    end -= kChecksumBytes;
  } else if (checksum == Checksum::kUnknown && has_room && FooterMatches(event, view.header)) {
    end -= kChecksumBytes;
  }
  view.body = event.subspan(kEventHeaderBytes, end - kEventHeaderBytes);
  return view;
}

std::uint32_t ChecksumOf(const EventView& view) {
  return Crc32(view.whole.first(kEventSizeOffset)) ^ Crc32(view.body);
}

Result<FormatDescription> ParseFormatDescription(Bytes event) {
  // version 2, server version 50, creation time 4, header length 1, post-header lengths, then the
  // checksum algorithm in the byte before the footer (present since MySQL 5.6.1, MariaDB 5.3).
  if (event.size() < kEventHeaderBytes + 57 + kChecksumBytes + 1) {
    return Damaged("the format description is cut short");
  }
  ByteReader in(event.subspan(kEventHeaderBytes));
  const std::uint16_t version = in.U16();
  std::string_view server = AsText(in.Take(kServerVersionBytes));
  server = server.substr(0, std::min(server.find('\0'), server.size()));
  in.Skip(4);
  const std::uint8_t header_length = in.U8();
  if (version != 4 || header_length != kEventHeaderBytes) {
    return Err(
        ErrorKind::kUnsupported, ErrorCode::kBinlogEventUnknown,
        fmt::format("binlog format version {} of server {} is not supported", version, server));
  }
  FormatDescription description;
  description.server_version = std::string(server);
  const std::size_t lengths_offset = kEventHeaderBytes + 57;
  const std::size_t table_map_index = static_cast<std::size_t>(EventType::kTableMap) - 1;
  if (lengths_offset + table_map_index < event.size()) {
    description.rows_header_is_short = event[lengths_offset + table_map_index] == 6;
  }
  const std::uint8_t algorithm = event[event.size() - kChecksumBytes - 1];
  if (algorithm == kChecksumCrc32) {
    description.checksum = Checksum::kCrc32;
    RETURN_IF_ERROR(ParseEvent(event, Checksum::kCrc32));
  }
  return description;
}

bool IsNotice(EventType type) {
  switch (type) {
    case EventType::kStop:
    case EventType::kIntVar:
    case EventType::kRand:
    case EventType::kUserVar:
    case EventType::kSlave:
    case EventType::kAppendBlock:
    case EventType::kDeleteFile:
    case EventType::kBeginLoadQuery:
    case EventType::kIgnorable:
    case EventType::kRowsQuery:
    case EventType::kPreviousGtids:
    case EventType::kTransactionContext:
    case EventType::kViewChange:
    case EventType::kMariaAnnotateRows:
    case EventType::kMariaBinlogCheckpoint:
    case EventType::kMariaGtidList:
    case EventType::kMariaStartEncryption:
      return true;
    default:
      return false;
  }
}

std::string HexOf(Bytes bytes, std::size_t limit) {
  std::string hex;
  for (const std::uint8_t byte : bytes.first(std::min(limit, bytes.size()))) {
    hex += fmt::format("{:02x}", byte);
  }
  if (bytes.size() > limit) hex += fmt::format("… ({} bytes)", bytes.size());
  return hex;
}

}  // namespace foreset::mysql
