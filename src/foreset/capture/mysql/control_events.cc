// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/control_events.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "foreset/base/compression.h"
#include "foreset/capture/mysql/binlog_event.h"

namespace foreset::mysql {
namespace {

std::unexpected<Error> CutShort(std::string_view kind) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
             fmt::format("a {} event is cut short", kind));
}

// Bit 55 of the first timestamp says that the second one follows because it differs.
constexpr std::uint64_t kOriginalFollows = 1ULL << 55U;

void ReadCommitTimestamps(ByteReader& in, GtidEvent& event) {
  if (in.remaining() < 7) return;
  const std::uint64_t immediate = in.LittleEndian(7);
  event.immediate_commit = Timestamp(static_cast<std::int64_t>(immediate & ~kOriginalFollows));
  event.original_commit = event.immediate_commit;
  if ((immediate & kOriginalFollows) != 0) {
    event.original_commit = Timestamp(static_cast<std::int64_t>(in.LittleEndian(7)));
  }
  if (!in.empty()) event.transaction_bytes = ReadPackedInteger(in);
}

// MySQL's serialization library: an integer's length is one more than the number of trailing one
// bits of its first byte; those bits are not part of the value.
std::uint64_t ReadVarint(ByteReader& in) {
  const std::uint8_t first = in.U8();
  const int more = std::countr_one(first);
  if (more == 8) return in.U64();
  std::uint64_t value = first >> (more + 1);
  if (more == 0) return value;
  return value | in.LittleEndian(static_cast<std::size_t>(more)) << (7 - more);
}

// The sign is the lowest bit; negative numbers are stored as their complement.
std::int64_t ReadSignedVarint(ByteReader& in) {
  const std::uint64_t raw = ReadVarint(in);
  const auto magnitude = static_cast<std::int64_t>(raw >> 1U);
  return (raw & 1U) != 0 ? ~magnitude : magnitude;
}

// Ids of the fields of GTID_TAGGED.
enum TaggedField : std::uint64_t {
  kTaggedFlags,
  kTaggedUuid,
  kTaggedNumber,
  kTaggedTag,
  kTaggedLastCommitted,
  kTaggedSequenceNumber,
  kTaggedImmediateCommit,
  kTaggedOriginalCommit,
  kTaggedBytes,
};

// False when the field is one that this version does not know.
bool ReadTaggedField(std::uint64_t field, ByteReader& in, GtidEvent& event) {
  switch (field) {
    case kTaggedFlags:
      ReadVarint(in);
      return true;
    case kTaggedUuid:
      for (std::uint8_t& byte : event.gtid.source.uuid) {
        byte = static_cast<std::uint8_t>(ReadVarint(in));
      }
      return true;
    case kTaggedNumber:
      event.gtid.number = static_cast<std::uint64_t>(ReadSignedVarint(in));
      return true;
    case kTaggedTag:
      event.gtid.source.tag = std::string(AsText(in.Take(ReadVarint(in))));
      return true;
    case kTaggedLastCommitted:
      event.last_committed = static_cast<std::uint64_t>(ReadSignedVarint(in));
      return true;
    case kTaggedSequenceNumber:
      event.sequence_number = static_cast<std::uint64_t>(ReadSignedVarint(in));
      return true;
    case kTaggedImmediateCommit:
      event.immediate_commit = Timestamp(static_cast<std::int64_t>(ReadVarint(in)));
      return true;
    case kTaggedOriginalCommit:
      event.original_commit = Timestamp(static_cast<std::int64_t>(ReadVarint(in)));
      return true;
    case kTaggedBytes:
      event.transaction_bytes = ReadVarint(in);
      return true;
    default:
      return false;
  }
}

// Status variables of a QUERY event; the first unknown one ends the list, as on a replica.
enum StatusVariable : std::uint8_t {
  kFlags2 = 0,
  kSqlMode = 1,
  kCatalog = 2,
  kAutoIncrement = 3,
  kCharset = 4,
  kTimeZone = 5,
  kCatalogNz = 6,
  kLcTimeNames = 7,
  kCharsetDatabase = 8,
  kTableMapForUpdate = 9,
  kMasterDataWritten = 10,
  kInvoker = 11,
  kUpdatedDatabases = 12,
  kMicroseconds = 13,
  kCommitTimestamp = 14,
  kCommitTimestamp2 = 15,
  kExplicitDefaults = 16,
  kDdlLoggedWithXid = 17,
  kDefaultCollation = 18,
  kRequirePrimaryKey = 19,
  kTableEncryption = 20,
  kMariaHrNow = 128,
  kMariaXid = 129,
};
constexpr std::uint8_t kTooManyDatabases = 254;

void SkipUpdatedDatabases(ByteReader& in) {
  const std::uint8_t count = in.U8();
  if (count == kTooManyDatabases) return;
  for (int i = 0; i < count && in.ok(); ++i) {
    while (in.ok() && in.U8() != 0) {
    }
  }
}

bool SkipStatusVariable(std::uint8_t code, ByteReader& in) {
  switch (code) {
    case kAutoIncrement:
    case kMasterDataWritten:
      in.Skip(4);
      return true;
    case kCatalog:
      in.Skip(in.U8() + 1U);
      return true;
    case kCatalogNz:
      in.Skip(in.U8());
      return true;
    case kLcTimeNames:
    case kDefaultCollation:
      in.Skip(2);
      return true;
    case kTableMapForUpdate:
    case kMariaXid:
      in.Skip(8);
      return true;
    case kInvoker:
      in.Skip(in.U8());
      in.Skip(in.U8());
      return true;
    case kUpdatedDatabases:
      SkipUpdatedDatabases(in);
      return true;
    case kRequirePrimaryKey:
    case kTableEncryption:
      in.Skip(1);
      return true;
    default:
      return false;
  }
}

void ReadStatusVariables(Bytes variables, QueryEvent& out) {
  ByteReader in(variables);
  while (in.ok() && !in.empty()) {
    const std::uint8_t code = in.U8();
    if (code == kFlags2) {
      out.flags = in.U32();
    } else if (code == kExplicitDefaults) {
      out.explicit_timestamps = in.U8() != 0;
    } else if (code == kDdlLoggedWithXid) {
      in.Skip(8);
      out.has_ddl_xid = true;
    } else if (code == kSqlMode) {
      out.sql_mode = in.U64();
    } else if (code == kCharset) {
      out.client_collation = in.U16();
      in.Skip(4);  // of the connection, and of the server
    } else if (code == kCharsetDatabase) {
      out.database_collation = in.U16();
    } else if (code == kMicroseconds || code == kMariaHrNow) {
      out.microseconds = static_cast<std::uint32_t>(in.LittleEndian(3));
    } else if (code == kTimeZone) {
      out.time_zone = AsText(in.Take(in.U8()));
    } else if (!SkipStatusVariable(code, in)) {
      return;
    }
  }
}

// `extra` bytes stand between the fixed part and the status variables (EXECUTE_LOAD_QUERY).
Status ReadQuery(Bytes body, std::size_t extra, QueryEvent& out) {
  ByteReader in(body);
  out.thread = in.U32();
  in.Skip(4);  // execution time
  const std::uint8_t database_length = in.U8();
  out.error_code = in.U16();
  const std::uint16_t variables_length = in.U16();
  in.Skip(extra);
  const Bytes variables = in.Take(variables_length);
  out.database = AsText(in.Take(database_length));
  in.Skip(1);
  if (!in.ok()) return CutShort("QUERY");
  ReadStatusVariables(variables, out);
  out.text = AsText(in.Rest());
  return {};
}

std::string HexLiteral(Bytes bytes) { return "X'" + HexOf(bytes, bytes.size()) + "'"; }

}  // namespace

std::uint64_t ReadPackedInteger(ByteReader& in) {
  const std::uint8_t first = in.U8();
  switch (first) {
    case 252:
      return in.U16();
    case 253:
      return in.LittleEndian(3);
    case 254:
      return in.U64();
    default:
      return first;
  }
}

Result<RotateEvent> ParseRotate(Bytes body) {
  ByteReader in(body);
  RotateEvent event;
  event.position = in.U64();
  event.file = AsText(in.Rest());
  if (!in.ok() || event.file.empty()) return CutShort("ROTATE");
  return event;
}

Result<GtidEvent> ParseGtid(Bytes body, bool anonymous) {
  ByteReader in(body);
  GtidEvent event;
  in.Skip(1);  // flags
  const Bytes uuid = in.Take(event.gtid.source.uuid.size());
  const std::uint64_t number = in.U64();
  if (!in.ok()) return CutShort("GTID");
  if (!anonymous) {
    std::copy(uuid.begin(), uuid.end(), event.gtid.source.uuid.begin());
    event.gtid.number = number;
  }
  constexpr std::uint8_t kLogicalClock = 2;
  if (in.remaining() >= 17 && in.U8() == kLogicalClock) {
    event.last_committed = in.U64();
    event.sequence_number = in.U64();
    ReadCommitTimestamps(in, event);
  }
  return event;
}

Result<GtidEvent> ParseGtidTagged(Bytes body) {
  ByteReader in(body);
  ReadVarint(in);  // version of the serialization
  ReadVarint(in);  // size of the message
  const std::uint64_t fields_needed = ReadVarint(in);
  GtidEvent event;
  while (in.ok() && !in.empty()) {
    const std::uint64_t field = ReadVarint(in);
    if (ReadTaggedField(field, in, event)) continue;
    // A field that must be known has a number below `fields_needed`; others may be ignored.
    if (field < fields_needed) {
      return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventUnknown,
                 fmt::format("GTID_TAGGED has the unknown field {}: {}", field, HexOf(body)));
    }
    break;
  }
  if (!in.ok() || event.gtid.number == 0) return CutShort("GTID_TAGGED");
  if (!event.original_commit) event.original_commit = event.immediate_commit;
  return event;
}

namespace {

// What follows the flags of MariaDB's GTID event: a commit id, an XA id, then more flags; zeroes
// fill it up (Gtid_log_event::write).
AlterPhase AlterPhaseOf(std::uint8_t flags, ByteReader& in) {
  constexpr std::uint8_t kGroupCommitId = 2;
  constexpr std::uint8_t kXa = 64 | 128;
  constexpr std::uint8_t kStartAlter = 2;
  constexpr std::uint8_t kCommitAlter = 4;
  constexpr std::uint8_t kRollbackAlter = 8;
  if ((flags & kGroupCommitId) != 0) in.Skip(8);
  if ((flags & kXa) != 0) {
    in.Skip(4);
    const std::size_t global = in.U8();
    in.Skip(global + in.U8());
  }
  if (!in.ok() || in.empty()) return AlterPhase::kWhole;
  const std::uint8_t extra = in.U8();
  if ((extra & kStartAlter) != 0) return AlterPhase::kStart;
  if ((extra & kCommitAlter) != 0) return AlterPhase::kCommit;
  return (extra & kRollbackAlter) != 0 ? AlterPhase::kRollback : AlterPhase::kWhole;
}

}  // namespace

Result<MariaGtidEvent> ParseMariaGtid(Bytes body) {
  constexpr std::uint8_t kStandalone = 1;
  constexpr std::uint8_t kTransactional = 4;
  constexpr std::uint8_t kPreparedXa = 64;
  constexpr std::uint8_t kCompletedXa = 128;
  ByteReader in(body);
  MariaGtidEvent event;
  event.number = in.U64();
  event.domain = in.U32();
  const std::uint8_t flags = in.U8();
  if (!in.ok()) return CutShort("GTID");
  event.standalone = (flags & kStandalone) != 0;
  event.transactional = (flags & kTransactional) != 0;
  event.prepared_xa = (flags & kPreparedXa) != 0;
  event.completed_xa = (flags & kCompletedXa) != 0;
  event.alter = AlterPhaseOf(flags, in);
  return event;
}

Status ParseQuery(Bytes body, bool compressed, QueryEvent& out) {
  RETURN_IF_ERROR(ReadQuery(body, 0, out));
  if (!compressed) return {};
  out.text_storage = TRY(InflateMariaEvent(AsBytes(out.text)));
  out.text = out.text_storage;
  return {};
}

Status ParseExecuteLoadQuery(Bytes body, QueryEvent& out) {
  constexpr std::size_t kFileReferenceBytes = 13;
  return ReadQuery(body, kFileReferenceBytes, out);
}

Result<XaPrepareEvent> ParseXaPrepare(Bytes body) {
  ByteReader in(body);
  XaPrepareEvent event;
  event.one_phase = in.U8() != 0;
  const std::uint32_t format = in.U32();
  const std::uint32_t gtrid = in.U32();
  const std::uint32_t bqual = in.U32();
  const Bytes global = in.Take(gtrid);
  const Bytes branch = in.Take(bqual);
  if (!in.ok()) return CutShort("XA_PREPARE");
  event.xid = fmt::format("{},{},{}", HexLiteral(global), HexLiteral(branch), format);
  return event;
}

Result<HeartbeatEvent> ParseHeartbeat(Bytes body, bool v2) {
  HeartbeatEvent event;
  if (!v2) {
    event.file = AsText(body);
    return event;
  }
  // Fields of type, length and value until type 0.
  constexpr std::uint64_t kFile = 1;
  constexpr std::uint64_t kPosition = 2;
  ByteReader in(body);
  while (in.ok() && !in.empty()) {
    const std::uint64_t type = ReadPackedInteger(in);
    if (type == 0) break;
    const Bytes value = in.Take(ReadPackedInteger(in));
    if (type == kFile) event.file = AsText(value);
    if (type == kPosition) {
      ByteReader position(value);
      event.position = ReadPackedInteger(position);
    }
  }
  if (!in.ok()) return CutShort("HEARTBEAT");
  return event;
}

Result<std::string> ParseIncident(Bytes body) {
  ByteReader in(body);
  const std::uint16_t number = in.U16();
  const Bytes text = in.Take(in.U8());
  if (!in.ok()) return CutShort("INCIDENT");
  return fmt::format("incident {}: {}", number, AsText(text));
}

Result<std::string> InflateMariaEvent(Bytes compressed) {
  ByteReader in(compressed);
  const std::uint8_t head = in.U8();
  const std::size_t width = head & 0x07U;
  if ((head & 0xF0U) != 0x80U || width < 1 || width > 4) return CutShort("compressed");
  const std::uint64_t size = in.BigEndian(width);
  if (!in.ok()) return CutShort("compressed");
  if (size > kMaxEventBytes) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kBinlogEventTooLarge,
               fmt::format("a compressed event of {} bytes exceeds the limit of {} bytes", size,
                           kMaxEventBytes));
  }
  std::string text = TRY(DecompressZlib(in.Rest(), size + 1));
  if (text.size() != size) return CutShort("compressed");
  return text;
}

}  // namespace foreset::mysql
