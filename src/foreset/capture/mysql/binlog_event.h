// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"

namespace foreset::mysql {

// Codes of binlog events. MySQL 5.0 to 9.x below 100, MariaDB from 160 on; both share 1 to 27.
enum class EventType : std::uint8_t {
  kUnknown = 0,
  kStart = 1,
  kQuery = 2,
  kStop = 3,
  kRotate = 4,
  kIntVar = 5,
  kSlave = 7,
  kAppendBlock = 9,
  kDeleteFile = 11,
  kRand = 13,
  kUserVar = 14,
  kFormatDescription = 15,
  kXid = 16,
  kBeginLoadQuery = 17,
  kExecuteLoadQuery = 18,
  kTableMap = 19,
  kWriteRowsV1 = 23,
  kUpdateRowsV1 = 24,
  kDeleteRowsV1 = 25,
  kIncident = 26,
  kHeartbeat = 27,
  kIgnorable = 28,
  kRowsQuery = 29,
  kWriteRows = 30,
  kUpdateRows = 31,
  kDeleteRows = 32,
  kGtid = 33,
  kAnonymousGtid = 34,
  kPreviousGtids = 35,
  kTransactionContext = 36,
  kViewChange = 37,
  kXaPrepare = 38,
  kPartialUpdateRows = 39,
  kTransactionPayload = 40,
  kHeartbeatV2 = 41,
  kGtidTagged = 42,
  kMariaAnnotateRows = 160,
  kMariaBinlogCheckpoint = 161,
  kMariaGtid = 162,
  kMariaGtidList = 163,
  kMariaStartEncryption = 164,
  kMariaQueryCompressed = 165,
  kMariaWriteRowsCompressedV1 = 166,
  kMariaUpdateRowsCompressedV1 = 167,
  kMariaDeleteRowsCompressedV1 = 168,
  kMariaWriteRowsCompressed = 169,
  kMariaUpdateRowsCompressed = 170,
  kMariaDeleteRowsCompressed = 171,
};

// Events that say nothing about changes: file keeping, hints and statements' circumstances.
bool IsNotice(EventType type);

inline constexpr std::size_t kEventHeaderBytes = 19;
// Of an event's size in its header: after timestamp, type and server id.
inline constexpr std::size_t kEventSizeOffset = 9;
inline constexpr std::size_t kChecksumBytes = 4;
// No event, compressed or not, may be larger; the servers' own bound is max_allowed_packet.
inline constexpr std::size_t kMaxEventBytes = (1UL << 30U) + (1UL << 20U);

inline constexpr std::uint16_t kFlagInUse = 0x1;           // of the first event of an open file
inline constexpr std::uint16_t kFlagThreadSpecific = 0x4;  // a temporary table is named
inline constexpr std::uint16_t kFlagArtificial = 0x20;     // made by the sender, not in the file
inline constexpr std::uint16_t kFlagIgnorable = 0x80;      // may be skipped by who knows it not

struct EventHeader {
  std::uint32_t timestamp = 0;  // seconds since 1970
  EventType type = EventType::kUnknown;
  std::uint32_t server_id = 0;
  std::uint32_t size = 0;          // of the whole event in the file, checksum included
  std::uint32_t end_position = 0;  // low 32 bits; 0 when the event is not in the file
  std::uint16_t flags = 0;

  bool ignorable() const { return (flags & kFlagIgnorable) != 0; }
  bool names_temporary() const { return (flags & kFlagThreadSpecific) != 0; }
  bool artificial() const { return (flags & kFlagArtificial) != 0; }
};

// One event; `body` is what lies between header and checksum. A view of the caller's bytes.
struct EventView {
  EventHeader header;
  Bytes body;
  Bytes whole;
};

enum class Checksum : std::uint8_t {
  kNone,     // there is no footer
  kCrc32,    // a footer of 4 bytes, verified
  kUnknown,  // before the FORMAT_DESCRIPTION: taken as a footer when it fits
};

// Splits and verifies one event. kCorruption with kBinlogEventDamaged when it is too short, when
// its size field is not the number of bytes given, or when the checksum does not match.
Result<EventView> ParseEvent(Bytes event, Checksum checksum);

// A CRC-32 of what the event says: when, by whom, what. The same whether the server sends it with a
// footer or without.
std::uint32_t ChecksumOf(const EventView& view);

// What the FORMAT_DESCRIPTION event says about the events after it.
struct FormatDescription {
  std::string server_version;
  Checksum checksum = Checksum::kNone;
  bool rows_header_is_short = false;  // table ids of 4 bytes (MySQL 5.1.x before GA)
};
// `event` must be the whole event, as parsed with any checksum setting.
Result<FormatDescription> ParseFormatDescription(Bytes event);

// "0a1b2c…", at most `limit` bytes of it, for messages.
std::string HexOf(Bytes bytes, std::size_t limit = 256);

}  // namespace foreset::mysql
