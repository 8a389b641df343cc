// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/base/strong_type.h"
#include "foreset/model/sequence.h"
#include "foreset/model/topic_position.h"

namespace foreset {

// Counts the servers (or binlog histories of one server) that a lake has been fed from.
using SourceEpoch = StrongType<std::uint16_t, struct SourceEpochTag>;

// What stands right before a position in a server's binlog, as it was read there: a server that was
// set back to an older state and written to anew has something else in that place. `end` is 0 where
// no transaction has been seen yet: then the file alone is known.
struct TransactionMark {
  std::string server;            // identity, as in SourcePosition
  std::string file;              // the binlog file
  std::uint32_t file_begun = 0;  // second in which that file was begun, by its first event
  std::uint64_t begin = 0;       // of the transaction's first event
  std::uint64_t end = 0;         // of its last event
  std::uint32_t checksum = 0;    // CRC-32 of its last event, whether the server wrote one or not
  std::string gtid;              // empty where the server gives none
  Timestamp original_commit;     // where the transaction began its life; zero: not told

  bool operator==(const TransactionMark&) const = default;
  bool empty() const { return file.empty(); }
};

// A transaction that was prepared (XA) before a position, and neither committed nor rolled back
// there: its rows are among the changes after the position.
struct OpenTransaction {
  std::string id;         // as it is written in statements: X'67',X'62',1
  Timestamp prepared_at;  // by the server's clock
  // From where the server must send again so that its rows come: a GTID position (MariaDB), or
  // "file:offset" (no GTIDs). Empty where `gtid_set` lacks its GTID, so that it comes anyway.
  std::string asked_from;
  bool operator==(const OpenTransaction&) const = default;
};

// A place between two transactions of the source: everything before it is covered, nothing after.
// `gtid_set` is what the server is asked to continue from where it has GTIDs (MySQL: "uuid:1-7,…";
// MariaDB: "0-1-5,…"); `file` and `offset` order positions of one epoch and serve servers without
// GTIDs.
//
// Changes that come from topics are covered by offsets, partition by partition: `partitions` says
// what is covered, and the other members are those of the newest change seen, which may be ahead of
// changes in partitions that lag. Only Covers() knows the difference.
struct SourcePosition {
  SourceEpoch epoch{0};
  std::string server;  // identity of the server (server_uuid, or MariaDB's server id)
  std::string file;    // "mysql-bin.000042"
  std::uint64_t offset = 0;
  std::string gtid_set;
  TransactionMark newest;             // the transaction right before it; empty: none was seen
  std::vector<OpenTransaction> open;  // the one that was prepared first comes first
  bool from_topics = false;
  std::vector<PartitionPosition> partitions;  // ordered by topic and partition
  std::vector<std::string> servers;           // from topics: the servers seen, by source epoch

  bool operator==(const SourcePosition&) const = default;

  // True when there is no position yet.
  bool empty() const { return file.empty() && !from_topics; }
  // True when everything before `wanted` is before this position too.
  bool Covers(const SourcePosition& wanted) const;
  // The lowest sequence that a change at or after this position can have. Positions of one source
  // compare by it. Nothing is below it, by order of sequences, when changes come from topics.
  Sequence Floor() const;
  // Above every change before it and every row backfilled at it; below every change after it.
  Sequence Ceiling() const;
  // Below every change after this position and above every change before it.
  Sequence ForSnapshotRow(std::uint64_t ordinal) const;
  // "mysql-bin.000042:1234 (uuid:1-7)"; from topics also ", 12 partitions".
  std::string ToString() const;
};

// 42 of "mysql-bin.000042"; 0 when the name has no number.
std::uint32_t BinlogFileNumber(std::string_view file);

// {"epoch":0,"server":"…","file":"…","pos":1234,"gtid":"…"}; where it is known also "newest":{…},
// with the members of TransactionMark; with transactions that are open
// "open":[{"id":"…","prepared_at":1700000000000000,"from":"…"}]; from topics also
// "servers":["…"] and "partitions":[{"topic":"…","partition":0,"next":12,"seq":"…"}].
std::string ToJson(const SourcePosition& position);
// kCorruption when the text is not such an object.
Result<SourcePosition> SourcePositionFromJson(std::string_view json);

}  // namespace foreset
