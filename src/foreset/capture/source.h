// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/schema_change.h"
#include "foreset/model/source_position.h"
#include "foreset/model/table_schema.h"

namespace foreset {

// A row that could not be decoded or does not fit its schema: kept with its bytes, counted, and
// the rest goes on.
struct QuarantinedRecord {
  TableId table;
  Sequence sequence;
  SourceTransaction transaction;
  ErrorCode code = ErrorCode::kInternal;
  std::string reason;
  std::string bytes;  // as they came from the source
  // Where the record was, when it came from a topic.
  std::string topic;
  std::int32_t partition = 0;
  LogOffset offset{0};
};

// What capture hands on, in source order within each table.
using CaptureItem =
    std::variant<std::shared_ptr<const ChangeBatch>, SchemaChange, QuarantinedRecord>;

// The bounds of one round: it ends at the first transaction end after any of them is reached.
struct RoundLimits {
  std::size_t bytes = 64UL << 20U;           // of decoded batches
  std::chrono::milliseconds interval{1000};  // from the round's first change
  std::chrono::milliseconds idle{1000};      // an empty round is returned after so long
  std::optional<SourcePosition> until;       // nobody waits for more than this
};

// Whole source transactions, or a piece of one that is larger than the limits. A schema change
// begins a round: it stands before all batches of its round, and what came before it ended the
// round before (DDL commits implicitly, so that is a transaction's end).
struct CaptureRound {
  std::vector<CaptureItem> items;
  // Everything before it has been handed on, once `complete`.
  SourcePosition end;
  // False: the limits were reached inside a transaction. The items belong to the same round as
  // those of the next call and must not become visible before a complete one.
  bool complete = true;
  std::size_t transactions = 0;  // ended in this round
  Timestamp newest_commit;       // of the last transaction; zero when there was none
  // From topics: how many records were read, and those that are no changes, by what they are. The
  // rest are rows and quarantined records of `items`.
  std::uint64_t records = 0;
  std::map<std::string, std::uint64_t> filtered;
};

// Whether what the source has before a position is what was read there.
struct SourceProof {
  TransactionMark newest;  // the position's own, else what the source has in that place now
  std::string unproved;    // why it cannot be told; empty: it is
};

// Follows the source from a position. Not thread-safe; one thread calls it.
class ChangeStream {
 public:
  virtual ~ChangeStream() = default;
  // What was found when the stream began.
  virtual SourceProof proof() const { return {}; }
  // Waits within the limits. An idle source yields an empty complete round; `end` may have moved
  // (other databases' changes). kTransient: reconnect by Source::Follow from the last complete
  // round. kCancelled: `stop` was requested. Any other error is final for the stream.
  virtual Result<CaptureRound> Next(const RoundLimits& limits, const std::stop_token& stop) = 0;
  // Everything before `position` is durable: may be told to whoever watches the source's readers.
  // Nothing depends on it.
  virtual void MadeDurable(const SourcePosition& /*position*/) {}
};

// How far the first copy of one table has come. Stored with the chunk that it describes.
struct BackfillCursor {
  std::vector<std::string> after_key;  // SQL literals of the last key read; empty: from the start
  std::uint64_t rows = 0;              // read so far; the next row's ordinal
  bool done = false;
  bool operator==(const BackfillCursor&) const = default;
};

// Reads tables in one consistent snapshot. Not thread-safe; each reader may be used on a thread of
// its own.
class BackfillReader {
 public:
  virtual ~BackfillReader() = default;
  using Sink = std::function<Status(std::shared_ptr<const ChangeBatch>)>;
  // Reads the next key range of at most `max_rows` rows after the cursor, in key order, and gives
  // it to `sink` in batches of bounded size (operation kSnapshot); returns the cursor after it. A
  // table without a key is one chunk, whole. Never holds a chunk in memory.
  virtual Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                           const BackfillCursor& from, std::size_t max_rows,
                                           const Sink& sink, const std::stop_token& stop) = 0;
};

// Snapshots on several connections that coincide: all readers see the source at `position`.
struct Backfill {
  SourcePosition position;
  std::vector<TableSchema> tables;            // as of the snapshot, ordered by name
  std::vector<std::uint64_t> estimated_rows;  // beside each table; the server's guess
  std::vector<std::string> statements;  // beside each table: the CREATE TABLE that makes it, or ""
  std::vector<std::unique_ptr<BackfillReader>> readers;
};

// A table to follow: its schema at the position from which the stream starts, or at `after` when
// that is later. Changes and DDL of the table below `after` are not handed on nor decoded (they may
// be of an older schema).
struct FollowedTable {
  std::shared_ptr<const TableSchema> schema;
  Sequence after;
  bool dropped = false;  // it had this schema last; made again, it goes on counting from there
  // It has stopped: only that it is dropped, made anew or replaced after `after` is handed on. From
  // topics, where it stopped before it began, its schema is without columns.
  bool stopped = false;
};

struct SourceDescription {
  std::string server;   // identity, as in SourcePosition; "scheme:…" of what is no server
  std::string version;  // as the server reports it
  bool is_mariadb = false;
  std::uint32_t server_id = 0;  // the server's own; 0 when it has none
  SourcePosition now;           // its epoch is 0; who keeps epochs sets it
};

// Where changes come from. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  // From now on a requested stop ends whatever waits for the source, with kCancelled.
  virtual void StopOn(const std::stop_token& /*stop*/) {}
  virtual Result<SourceDescription> Describe() = 0;
  // False when the stream itself brings the rows that were there before it (topics): then it begins
  // at the beginning, BeginBackfill fails with kUnsupported, and tables begin with kCreate changes.
  virtual bool HasBackfill() const { return true; }
  // The tables that are there now and match the selection.
  virtual Result<std::vector<TableId>> ListTables() = 0;
  // Which of these tables the selection does not name: no stream hands their rows on. From topics
  // none, since each partition is read on from where it was left.
  virtual Result<std::vector<TableId>> LeftOut(const std::vector<TableId>& /*tables*/) {
    return std::vector<TableId>();
  }
  // A stream will go on from there: what happened after it is no matter of the next copy.
  virtual void WillFollow(const SourcePosition& /*from*/) {}
  // Opens up to `readers` connections. Checks first that the server is fit for capture (row
  // format, full images and metadata, privileges) and stops with a code and the SQL that mends it.
  // Positions and sequences are of `epoch`. kTransient with kPreparedAtCopy while transactions are
  // prepared (XA) whose rows no stream would bring.
  virtual Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) = 0;
  // Continues after `from`, in its epoch. Tables that are created later and match the source's
  // selection are handed on as a kCreate schema change, and followed. kInvalidInput with
  // kBinlogPurged when the server no longer has that position, kSourceReplaced when it is another
  // server, its binlog was reset, or it was set back and holds other changes before `from`.
  virtual Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                                       std::vector<FollowedTable> tables) = 0;
};

}  // namespace foreset
