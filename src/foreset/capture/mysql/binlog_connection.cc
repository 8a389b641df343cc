// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/binlog_connection.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

// Each needs the one before it.
// clang-format off
#include <mysql.h>
#include <mariadb_com.h>
#include <ma_pvio.h>
// clang-format on

#include "foreset/capture/mysql/gtid_set.h"

namespace foreset::mysql {
namespace {

// "Client/Server Protocol", COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID.
constexpr int kComBinlogDump = 18;
constexpr int kComBinlogDumpGtid = 30;
constexpr std::uint64_t kThroughGtid = 4;
constexpr std::uint64_t kFirstEvent = 4;  // after the magic bytes
constexpr std::uint64_t kMaxOffset = 0xFFFFFFFF;
constexpr unsigned kDumpFatal = 1236;
constexpr std::uint8_t kEndOfFile = 0xFE;
constexpr std::size_t kMaxEndOfFilePacket = 9;

void PutLittleEndian(std::string& out, std::uint64_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

bool Says(std::string_view message, std::string_view part) {
  return message.find(part) != std::string_view::npos;
}

Error FollowingCancelled() {
  return Error{
      ErrorKind::kCancelled, ErrorCode::kCancelled, "following the binlog was cancelled", {}};
}

}  // namespace

Error BinlogDumpError(unsigned number, std::string_view message) {
  Error error = SourceError(number, message, "reading the binlog");
  if (number != kDumpFatal) return error;
  error.kind = ErrorKind::kInvalidInput;
  if (Says(message, "more GTIDs than") || Says(message, "which is not in the master's binlog")) {
    error.code = ErrorCode::kSourceReplaced;
  } else if (Says(message, "purged") || Says(message, "Could not find first log") ||
             Says(message, "Could not find GTID state")) {
    error.code = ErrorCode::kBinlogPurged;
  } else if (Says(message, "same server_uuid") || Says(message, "same server_id")) {
    error.code = ErrorCode::kReplicaIdTaken;
  } else {
    error.code = ErrorCode::kDumpRefused;
  }
  return error;
}

Result<BinlogConnection> BinlogConnection::Open(const MysqlOptions& options,
                                                const SourcePosition& from, std::uint32_t server_id,
                                                const Clock& clock) {
  BinlogConnection binlog(TRY(Connection::Open(options, SessionKind::kBinlog)), options, clock);
  RETURN_IF_ERROR(binlog.Prepare(options, from));
  const bool mariadb = binlog.connection_.version().is_mariadb;
  if (mariadb || from.gtid_set.empty()) {
    RETURN_IF_ERROR(binlog.RequestByFile(from, server_id));
  } else {
    RETURN_IF_ERROR(binlog.RequestByGtid(from, server_id));
  }
  return binlog;
}

Status BinlogConnection::Prepare(const MysqlOptions& options, const SourcePosition& from) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(options.heartbeat_period).count();
  RETURN_IF_ERROR(connection_.Execute(
      fmt::format("SET @source_binlog_checksum = @@global.binlog_checksum, "
                  "@master_binlog_checksum = @@global.binlog_checksum, "
                  "@source_heartbeat_period = {0}, @master_heartbeat_period = {0}",
                  nanoseconds)));
  if (!connection_.version().is_mariadb) return {};
  // 4: understands MariaDB's GTID events, so that the server does not rewrite them as BEGIN.
  RETURN_IF_ERROR(connection_.Execute("SET @mariadb_slave_capability = 4"));
  if (from.gtid_set.empty()) return {};
  return connection_.Execute(
      fmt::format("SET @slave_connect_state = {}, @slave_gtid_strict_mode = 0, "
                  "@slave_gtid_ignore_duplicates = 0",
                  connection_.Quote(from.gtid_set)));
}

Status BinlogConnection::RequestByFile(const SourcePosition& from, std::uint32_t server_id) {
  // MariaDB with @slave_connect_state finds the place itself.
  const bool by_state = connection_.version().is_mariadb && !from.gtid_set.empty();
  const std::uint64_t offset = by_state ? kFirstEvent : std::max(from.offset, kFirstEvent);
  if (offset > kMaxOffset) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDumpRefused,
               fmt::format("the server cannot be asked to start at {}: offsets beyond 4 GiB need "
                           "GTIDs",
                           from.ToString()));
  }
  std::string payload;
  PutLittleEndian(payload, offset, 4);
  PutLittleEndian(payload, 0, 2);
  PutLittleEndian(payload, server_id, 4);
  if (!by_state) payload += from.file;
  return Send(kComBinlogDump, payload);
}

Status BinlogConnection::RequestByGtid(const SourcePosition& from, std::uint32_t server_id) {
  const std::string gtids = TRY(MySqlGtidSet::Parse(from.gtid_set)).Encode();
  std::string payload;
  PutLittleEndian(payload, kThroughGtid, 2);
  PutLittleEndian(payload, server_id, 4);
  PutLittleEndian(payload, 0, 4);  // no file name
  PutLittleEndian(payload, kFirstEvent, 8);
  PutLittleEndian(payload, gtids.size(), 4);
  return Send(kComBinlogDumpGtid, payload + gtids);
}

Status BinlogConnection::Send(int command, const std::string& payload) {
  MYSQL* handle = connection_.handle();
  if (handle->methods->db_command(handle, static_cast<enum_server_command>(command), payload.data(),
                                  payload.size(), 1, nullptr) != 0) {
    return std::unexpected(connection_.LastError("asking for the binlog"));
  }
  return {};
}

bool BinlogConnection::HasBufferedBytes() const {
  const MARIADB_PVIO* io = connection_.handle()->net.pvio;
  // What TLS holds back cannot be seen: then every read may block until the next heartbeat.
  return io->ctls != nullptr || (io->cache_size > 0 && io->cache_pos < io->cache + io->cache_size);
}

// False after `wait` without a byte.
Result<bool> BinlogConnection::WaitReadable(std::chrono::milliseconds wait) {
  pollfd poll{static_cast<int>(mysql_get_socket(connection_.handle())), POLLIN, 0};
  const int ready = ::poll(&poll, 1, static_cast<int>(wait.count()));
  if (ready > 0) return true;
  if (clock_->Steady() - last_byte_ > silence_limit_) {
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable,
               fmt::format("the binlog connection was silent for {} s", silence_limit_.count()));
  }
  return false;
}

Result<std::optional<Bytes>> BinlogConnection::Next(std::chrono::milliseconds wait,
                                                    const std::stop_token& stop) {
  if (stop.stop_requested()) return std::unexpected(FollowingCancelled());
  // A blocked read returns as soon as its socket is shut down.
  const std::stop_callback interrupt(stop, [this] { connection_.Interrupt(); });
  if (!HasBufferedBytes() && !TRY(WaitReadable(wait))) return std::optional<Bytes>();
  MYSQL* handle = connection_.handle();
  const unsigned long length = mysql_net_read_packet(handle);  // NOLINT(google-runtime-int)
  if (stop.stop_requested()) return std::unexpected(FollowingCancelled());
  if (length == packet_error || length == 0) return std::unexpected(DumpError());
  last_byte_ = clock_->Steady();
  const Bytes packet(handle->net.read_pos, length);
  if (packet[0] == kEndOfFile && length < kMaxEndOfFilePacket) {
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable,
               "the server ended the binlog stream");
  }
  return packet.subspan(1);
}

Error BinlogConnection::DumpError() const {
  MYSQL* handle = connection_.handle();
  return BinlogDumpError(mysql_errno(handle), mysql_error(handle));
}

}  // namespace foreset::mysql
