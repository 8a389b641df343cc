// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/position_check.h"

#include <charconv>

#include <fmt/format.h>

#include "foreset/capture/mysql/backfill_session.h"
#include "foreset/capture/mysql/gtid_set.h"

namespace foreset::mysql {
namespace {

Status Replaced(const SourcePosition& from, const std::string& why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
             fmt::format("the source does not hold {}: {}", from.ToString(), why));
}

Status Purged(const SourcePosition& from, const std::string& why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kBinlogPurged,
             fmt::format("the binlog after {} is gone: {}", from.ToString(), why));
}

// A binlog only grows: an end before our position is that of another one.
Status CheckEnd(const SourcePosition& now, const SourcePosition& from) {
  if (!from.server.empty() && now.server != from.server) {
    return Replaced(from, fmt::format("this is server {}, not {}: its changes belong to another "
                                      "epoch",
                                      now.server, from.server));
  }
  SourcePosition end = now;
  end.epoch = from.epoch;
  if (end.Floor() < from.Floor()) return Replaced(from, "its binlog ends at " + now.ToString());
  return {};
}

Status CheckMySqlGtids(Connection& connection, const SourcePosition& from) {
  const std::string ours = connection.Quote(from.gtid_set);
  const std::string foreign = TRY(connection.QueryValue(fmt::format(
                                      "SELECT GTID_SUBTRACT({}, @@global.gtid_executed)", ours)))
                                  .value_or("");
  if (!foreign.empty()) return Replaced(from, "it never executed " + foreign);
  const std::string missing = TRY(connection.QueryValue(fmt::format(
                                      "SELECT GTID_SUBTRACT(@@global.gtid_purged, {})", ours)))
                                  .value_or("");
  if (!missing.empty()) return Purged(from, "the server purged " + missing);
  return {};
}

Status CheckMariaDbGtids(const SourcePosition& now, const SourcePosition& from) {
  const MariaGtidPosition ours = TRY(MariaGtidPosition::Parse(from.gtid_set));
  if (!ours.IsSubsetOf(TRY(MariaGtidPosition::Parse(now.gtid_set)))) {
    return Replaced(from, "its binlog ends at " + now.ToString());
  }
  return {};
}

Status CheckFile(Connection& connection, const SourcePosition& from) {
  std::string oldest;
  for (const SqlRow& row : TRY(connection.Query("SHOW BINARY LOGS", 2))) {
    const std::string file = row[0].value_or("");
    if (oldest.empty()) oldest = file;
    if (file != from.file) continue;
    const std::string text = row[1].value_or("0");
    std::uint64_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size);
    if (from.offset <= size) return {};
    return Replaced(from, fmt::format("{} has {} bytes", file, size));
  }
  if (BinlogFileNumber(from.file) < BinlogFileNumber(oldest)) {
    return Purged(from, "the oldest binlog is " + oldest);
  }
  return Replaced(from, "there is no such file");
}

}  // namespace

Status CheckPosition(Connection& connection, const SourcePosition& from) {
  const SourcePosition now = TRY(CurrentPosition(connection));
  RETURN_IF_ERROR(CheckEnd(now, from));
  if (from.gtid_set.empty()) return CheckFile(connection, from);
  return connection.version().is_mariadb ? CheckMariaDbGtids(now, from)
                                         : CheckMySqlGtids(connection, from);
}

}  // namespace foreset::mysql
