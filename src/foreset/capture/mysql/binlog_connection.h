// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/mysql_options.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// A connection on which the server sends its binlog, event after event: by GTID set where the
// position has one (COM_BINLOG_DUMP_GTID on MySQL, @slave_connect_state on MariaDB), else by file
// and offset. The server is asked for checksums as it writes them and for heartbeats.
// Not thread-safe. After an error the connection is of no use any more.
class BinlogConnection {
 public:
  // `server_id` is this replica's; it must not be 0 nor that of another replica.
  static Result<BinlogConnection> Open(const MysqlOptions& options, const SourcePosition& from,
                                       std::uint32_t server_id, const Clock& clock);

  // The next event, as it stands in a binlog file, valid until the next call; nothing when the
  // server said nothing for `wait` (under TLS: the wait ends with the next heartbeat). Heartbeats
  // are events too.
  // kTransient: the connection broke, or not a byte came within the options' silence_limit.
  // kCancelled at once when `stop` is requested. kInvalidInput: kBinlogPurged, kSourceReplaced,
  // kReplicaIdTaken, kDumpRefused.
  Result<std::optional<Bytes>> Next(std::chrono::milliseconds wait, const std::stop_token& stop);
  // Gives back what a large event has taken; that event is no longer valid.
  void GiveBackBuffer() { connection_.GiveBackBuffer(); }

 private:
  BinlogConnection(Connection connection, const MysqlOptions& options, const Clock& clock)
      : connection_(std::move(connection)),
        silence_limit_(options.silence_limit),
        clock_(&clock),
        last_byte_(clock.Steady()) {}

  Status Prepare(const MysqlOptions& options, const SourcePosition& from);
  Status RequestByFile(const SourcePosition& from, std::uint32_t server_id);
  Status RequestByGtid(const SourcePosition& from, std::uint32_t server_id);
  Status Send(int command, const std::string& payload);
  bool HasBufferedBytes() const;
  Result<bool> WaitReadable(std::chrono::milliseconds wait);
  Error DumpError() const;

  Connection connection_;
  std::chrono::seconds silence_limit_;
  const Clock* clock_;
  std::chrono::steady_clock::time_point last_byte_;
};

// What error 1236 of a dump means, by the server's text: it has one number for all of them.
Error BinlogDumpError(unsigned number, std::string_view message);

}  // namespace foreset::mysql
