// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/capture/source.h"
#include "foreset/model/arrow_types.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

struct AssemblerOptions {
  bool is_mariadb = false;
  // The stream was asked for by GTID: `from.gtid_set` is complete (even if empty), and what passes
  // is added to it. Otherwise positions carry file and offset only.
  bool by_gtid = false;
  DateTimeAs datetime = DateTimeAs::kWallClock;
  // Which tables are captured; asked once for each table map. Rows of others are never decoded.
  std::function<bool(const TableId&)> wants;
  // Tables whose rows and ALTERs are passed over until they are dropped, made again or replaced.
  std::vector<TableId> stopped;
  // Tables that stop, and why: at the first change that is seen of them, or, when the registry does
  // not know them, where the stream begins.
  std::map<TableId, Error> refused;
  std::size_t round_bytes = 64UL << 20U;  // RoundLimits::bytes, until set_round_bytes()
  // Bytes that a row may have; a table with a larger one stops (kRowTooLarge).
  std::size_t largest_row = kMaxEventBytes;
};

// What the assembler has seen; only ever grows.
struct AssemblerCounters {
  std::uint64_t events = 0;
  std::uint64_t ignored_events = 0;       // unknown to us, but marked ignorable by the server
  std::uint64_t rows = 0;                 // decoded
  std::uint64_t skipped_rows_events = 0;  // of tables that are not wanted or are stopped
  std::uint64_t transactions = 0;
  std::uint64_t quarantined = 0;
};

// Turns the events of one binlog stream into rounds of whole transactions. How MysqlChangeStream
// uses it:
//
//   while (!assembler.full()) {
//     if (assembler.suspended()) assembler.Resume(); else assembler.Feed(next packet);
//     if (!assembler.in_transaction() && the interval has passed) break;
//   }
//   return assembler.Take();
//
// A schema change begins a round: when DDL meets a round that has items, the assembler is suspended
// and full until the round is taken. (A table that must stop within a transaction is the exception:
// its SchemaChange with `cannot_follow` stands where it was found.)
//
// XA transactions count at XA COMMIT: their rows get its place. Between XA PREPARE and XA COMMIT
// everything else goes on, and positions name what is open: begun at such a position, the stream
// is asked for from before the XA PREPARE (AskedFrom), and passes over what comes again with it.
// MySQL's GTID sets leave the prepared one out instead.
//
// A statement that changes rows stops the tables that it names (kStatementEvent), all that are
// followed where it names none.
//
// A captured name that has rows without a CREATE TABLE is a kReplace; from there on its rows are
// passed over.
//
// An event whose rows would bring a round above its bytes begins the next one: suspended, too.
//
// Pure: no sockets, no clock. Not thread-safe. Memory: `round_bytes` or the rows of one event,
// plus one event decompressed (kMaxEventBytes), plus prepared XA transactions (kMaxPreparedBytes).
class RoundAssembler {
 public:
  // `registry` and `handler` must outlive the assembler; it changes the registry as DDL passes.
  // Begins at `from`: its epoch and server are carried on, its GTID set is added to.
  static Result<std::unique_ptr<RoundAssembler>> Open(AssemblerOptions options,
                                                      const SourcePosition& from,
                                                      SchemaRegistry& registry,
                                                      DdlHandler& handler);
  virtual ~RoundAssembler() = default;

  // One event, as it stands in a binlog file (in the dump protocol: the packet without its first
  // byte). The bytes must stay valid while suspended(). Every error is final:
  // kCorruption a damaged event, kUnsupported an event that cannot be followed (it is named).
  virtual Status Feed(Bytes event) = 0;
  // A compressed transaction filled the round before its end, or DDL or rows wait for the round to
  // be taken: call Resume() instead of Feed().
  virtual bool suspended() const = 0;
  virtual Status Resume() = 0;

  virtual void set_round_bytes(std::size_t bytes) = 0;

  // The round holds `round_bytes` or more, or DDL or rows wait: take it, even within a transaction.
  virtual bool full() const = 0;
  // Between the first and the last event of a transaction (Take() would split it).
  virtual bool in_transaction() const = 0;
  // Take() would give at least one item.
  virtual bool has_items() const = 0;
  // The items so far; a round with rows of an unfinished transaction is incomplete, and its `end`
  // is that of the last complete transaction.
  virtual Result<CaptureRound> Take() = 0;

  // After the last complete transaction.
  virtual SourcePosition position() const = 0;
  virtual const AssemblerCounters& counters() const = 0;
};

}  // namespace foreset::mysql
