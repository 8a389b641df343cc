// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/sequence.h"
#include "foreset/model/source_position.h"

namespace foreset::debezium {

// Which rows of a snapshot a record is of, if of any.
enum class SnapshotKind : std::uint8_t { kNone, kInitial, kIncremental };

// What a message says about where its change comes from. Views are valid as long as the message's.
struct SourceBlock {
  std::string_view connector;  // "mysql", "mariadb"
  std::string_view name;       // topic.prefix
  std::string_view database;
  std::string_view table;  // empty for a statement that is not about a table
  std::string_view file;   // empty: not told (unwrapped records may lack it)
  std::string_view gtid;   // empty where the server has none, and in snapshots
  std::optional<std::uint64_t> position;
  std::optional<std::uint64_t> row;
  std::uint64_t server_id = 0;  // 0 in snapshots
  std::int64_t thread = -1;     // the session; -1: not told
  Timestamp committed_at;       // microseconds where told (ts_us), else milliseconds
  SnapshotKind snapshot = SnapshotKind::kNone;
};

// The `_seq` of a streamed change: the one that native capture gives it. Debezium's `pos` is where
// the event starts (a rows event; a QUERY event for DDL and TRUNCATE) and `row` counts within that
// event, as native capture has it; a TRUNCATE's `row` is left over from the event before, so it
// counts as 0. The two halves of a key change (`d`, then `c`) have one place and differ by rank.
//
// Exception: events inside a compressed transaction (binlog_transaction_compression) have no
// positions of their own. Both sides then take the position of the payload event, but Debezium
// goes on counting rows within each inner event, native capture within the payload. So two inner
// events can give equal sequences: a consumer that finds equal sequences of one table that are no
// repeats must stop with kDebeziumPlaceAmbiguous.
//
// kUnsupported with kDebeziumPlaceMissing when file, position or row is not told.
Result<Sequence> SequenceOf(const SourceBlock& source, Operation operation, SourceEpoch epoch);

// Of a DDL statement: the QUERY event's place with the rank of a truncate, as native capture does.
Result<Sequence> SequenceOfDdl(const SourceBlock& source, SourceEpoch epoch);

// Where in its topic a snapshot row stands.
struct TopicPlace {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
};

// The `_seq` of a snapshot row (`r`): the snapshot's position, rank snapshot, and an ordinal that
// partition and offset give one to one, whatever becomes of the number of partitions. It rises with
// the offset. Not the same as a backfill's of native capture. kUnsupported with
// kDebeziumPlaceMissing as above; the same when the ordinal exceeds 36 bits: at offset 2^32 of the
// first 4 partitions, 2^30 of the next 16, 2^27 of the next 128, 2^22 of the next 4096.
Result<Sequence> SnapshotSequenceOf(const SourceBlock& source, SourceEpoch epoch,
                                    const TopicPlace& place);

// The transaction of a change. `id` is `transaction_id` (of the message's transaction block) where
// there is one, else the GTID, else "file=…,pos=…" of the event: without GTIDs and transaction
// metadata a message does not say where its transaction begins.
SourceTransaction TransactionOf(const SourceBlock& source, std::string_view transaction_id);

}  // namespace foreset::debezium
