// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"
#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/gtid_set.h"

namespace foreset::mysql {

// The events that carry no rows. Each parser takes the event's body (EventView::body) and yields
// kCorruption with kBinlogEventDamaged when it is cut short. Views point into the body.

// The next event is at `position` of `file`.
struct RotateEvent {
  std::uint64_t position = 0;
  std::string_view file;
};
Result<RotateEvent> ParseRotate(Bytes body);

// GTID, ANONYMOUS_GTID and GTID_TAGGED: a transaction of MySQL begins.
struct GtidEvent {
  MySqlGtid gtid;                    // number 0 for an anonymous transaction
  std::uint64_t last_committed = 0;  // logical clock of the original server
  std::uint64_t sequence_number = 0;
  std::optional<Timestamp> immediate_commit;  // on the server we read from; absent before 8.0
  std::optional<Timestamp> original_commit;   // where the transaction began its life
  std::uint64_t transaction_bytes = 0;        // 0 when not told
};
Result<GtidEvent> ParseGtid(Bytes body, bool anonymous);
Result<GtidEvent> ParseGtidTagged(Bytes body);

// MariaDB, binlog_alter_two_phase: an ALTER TABLE is told as it begins, and again at its end.
enum class AlterPhase : std::uint8_t {
  kWhole,     // the usual ALTER, or no ALTER
  kStart,     // it may fail yet
  kCommit,    // it has been done, at this place
  kRollback,  // it has failed, and changed nothing
};

// MariaDB's GTID event; it stands for BEGIN unless `standalone`.
struct MariaGtidEvent {
  std::uint64_t number = 0;
  std::uint32_t domain = 0;
  bool standalone = false;     // one event follows, which ends the group by itself
  bool transactional = false;  // the group can be rolled back
  bool prepared_xa = false;    // the group ends with XA_PREPARE
  bool completed_xa = false;   // the group is an XA COMMIT or XA ROLLBACK
  AlterPhase alter = AlterPhase::kWhole;
};
Result<MariaGtidEvent> ParseMariaGtid(Bytes body);

// A statement: transaction borders, DDL, or DML of a session in statement format.
struct QueryEvent {
  std::uint32_t thread = 0;   // connection that sent it
  std::string_view database;  // default database; may be empty
  std::string text_storage;   // the statement when it was compressed
  std::string_view text;      // in the client's character set; points into body or text_storage
  std::uint16_t error_code = 0;
  std::uint64_t sql_mode = 0;
  std::uint16_t client_collation = 0;       // 0 when not told
  std::uint16_t database_collation = 0;     // 0 when not told
  std::uint32_t microseconds = 0;           // to be added to the header's timestamp
  std::string_view time_zone;               // of the session; empty when not told
  std::uint32_t flags = 0;                  // bits of the session's options (flags2)
  std::optional<bool> explicit_timestamps;  // MySQL's word, where the statement needs it
  bool has_ddl_xid = false;                 // MySQL: it changed the data dictionary

  // Whether the session's explicit_defaults_for_timestamp is on; absent when it is not told. A
  // MariaDB that is too old to tell seems to have it off.
  std::optional<bool> ExplicitTimestamps(bool is_mariadb) const {
    constexpr std::uint32_t kMariaExplicit = 1U << 24U;
    return is_mariadb ? (flags & kMariaExplicit) != 0 : explicit_timestamps;
  }
};
// `compressed`: MariaDB's QUERY_COMPRESSED. The result must not be moved while `text` is used.
Status ParseQuery(Bytes body, bool compressed, QueryEvent& out);
// EXECUTE_LOAD_QUERY: LOAD DATA in statement format.
Status ParseExecuteLoadQuery(Bytes body, QueryEvent& out);

struct XaPrepareEvent {
  bool one_phase = false;  // XA COMMIT … ONE PHASE: the group is committed by this event
  std::string xid;         // as it is written in statements: X'67',X'62',1
};
Result<XaPrepareEvent> ParseXaPrepare(Bytes body);

// Proof of life, and how far the server has skipped what we have.
struct HeartbeatEvent {
  std::string_view file;
  std::optional<std::uint64_t> position;  // v2 only; v1 has the low 32 bits in its header
};
Result<HeartbeatEvent> ParseHeartbeat(Bytes body, bool v2);

// Of INCIDENT: what the server says was lost.
Result<std::string> ParseIncident(Bytes body);

// Inflates what MariaDB's log_bin_compress wrote: a byte 0x80|n, n bytes big-endian of size, zlib.
// Never more than kMaxEventBytes.
Result<std::string> InflateMariaEvent(Bytes compressed);

// An integer of 1, 3, 4 or 9 bytes as in the client protocol ("length-encoded").
std::uint64_t ReadPackedInteger(ByteReader& in);

}  // namespace foreset::mysql
