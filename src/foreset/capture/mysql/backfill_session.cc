// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/backfill_session.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "foreset/capture/mysql/xa_recover.h"

namespace foreset::mysql {
namespace {

constexpr int kAttempts = 30;
constexpr std::string_view kStartSnapshot = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

std::string WithoutSpace(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return text;
}

Result<std::string> ServerIdentity(Connection& connection) {
  const char* const sql =
      connection.version().is_mariadb ? "SELECT @@global.server_id" : "SELECT @@global.server_uuid";
  return TRY(connection.QueryValue(sql)).value_or("");
}

Result<std::string> GtidSet(Connection& connection) {
  const char* const sql = connection.version().is_mariadb ? "SELECT @@global.gtid_binlog_pos"
                                                          : "SELECT @@global.gtid_executed";
  return WithoutSpace(TRY(connection.QueryValue(sql)).value_or(""));
}

// MySQL without GTIDs may still show some from another life.
Result<bool> HasGtids(Connection& connection) {
  if (connection.version().is_mariadb) return true;
  return TRY(connection.QueryValue("SELECT @@global.gtid_mode")).value_or("OFF") == "ON";
}

Result<Timestamp> ServerNow(Connection& connection) {
  const std::string text =
      TRY(connection.QueryValue("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)"))
          .value_or("0");
  std::int64_t micros = 0;
  std::from_chars(text.data(), text.data() + text.size(), micros);
  return Timestamp(micros);
}

// Whether a lock was refused for a reason that the next way may not have.
bool MayTryNextWay(const Error& error) {
  return error.code == ErrorCode::kMissingPrivilege || error.code == ErrorCode::kSourceQueryFailed;
}

class SnapshotOpener {
 public:
  SnapshotOpener(const MysqlOptions& options, const TableFilter& filter, Connection control,
                 bool all_read)
      : options_(options), filter_(filter), control_(std::move(control)), all_read_(all_read) {}

  // On the way of locks nothing is prepared or committed between this and the position.
  Status CheckAllRead() { return all_read_ ? CheckNothingPrepared(control_) : Status(); }

  Status Connect(std::size_t count) {
    while (result_.connections.size() < std::max<std::size_t>(count, 1)) {
      result_.connections.push_back(TRY(Connection::Open(options_)));
    }
    return {};
  }

  // False: not by this way.
  Result<bool> UnderGlobalLock() { return UnderLock("FLUSH TABLES WITH READ LOCK"); }

  Result<bool> UnderTableLocks() {
    std::string sql;
    for (const DescribedTable& table : TRY(ReadTables(control_, filter_))) {
      sql += fmt::format("{}{}.{} READ", sql.empty() ? "LOCK TABLES " : ", ",
                         QuoteName(table.schema.id.database), QuoteName(table.schema.id.table));
    }
    if (sql.empty()) return false;
    return UnderLock(sql);
  }

  Result<bool> ByMarks() {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (TRY(TryMarks())) return true;
    }
    result_.connections.clear();
    RETURN_IF_ERROR(Connect(1));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (TRY(TryMarks())) return true;
    }
    return false;
  }

  CoincidingSnapshots Take() { return std::move(result_); }

 private:
  Result<bool> UnderLock(const std::string& lock) {
    const Status locked = control_.Execute(lock);
    if (!locked && MayTryNextWay(locked.error())) return false;
    RETURN_IF_ERROR(locked);
    const Status opened = OpenAll();
    // Unlock in any case; a connection that is lost unlocks by itself.
    const Status unlocked = control_.Execute("UNLOCK TABLES");
    RETURN_IF_ERROR(opened);
    RETURN_IF_ERROR(unlocked);
    return true;
  }

  Status OpenAll() {
    RETURN_IF_ERROR(CheckAllRead());
    for (Connection& connection : result_.connections) {
      RETURN_IF_ERROR(connection.Execute(kStartSnapshot));
    }
    result_.origin.position = TRY(CurrentPosition(control_));
    return Describe();
  }

  Status Describe() {
    result_.origin.taken_at = TRY(ServerNow(result_.connections[0]));
    result_.tables = TRY(ReadTables(result_.connections[0], filter_));
    return ReadStatements(result_.connections[0], result_.tables);
  }

  // Without a lock a table may go between the list and its description. False: try again.
  Result<bool> DescribeUnlessGone() {
    const Status described = Describe();
    if (!described && described.error().kind == ErrorKind::kNotFound) return false;
    RETURN_IF_ERROR(described);
    return true;
  }

  Result<bool> TryMarks() {
    RETURN_IF_ERROR(CheckAllRead());
    for (Connection& connection : result_.connections) {
      RETURN_IF_ERROR(connection.Execute("ROLLBACK"));
    }
    return control_.version().is_mariadb ? TryMariaDbMarks() : TryMySqlMarks();
  }

  // The snapshot's own place in the binlog, kept by the server for each transaction.
  Result<bool> TryMariaDbMarks() {
    std::optional<SourcePosition> position;
    for (Connection& connection : result_.connections) {
      RETURN_IF_ERROR(connection.Execute(kStartSnapshot));
      SourcePosition own = TRY(MariaDbSnapshotPosition(connection));
      if (position && own != *position) return false;
      position = std::move(own);
    }
    result_.origin.position = *std::move(position);
    RETURN_IF_ERROR(CheckAllRead());
    return DescribeUnlessGone();
  }

  static Result<SourcePosition> MariaDbSnapshotPosition(Connection& connection) {
    SourcePosition position;
    for (const SqlRow& row : TRY(connection.Query("SHOW STATUS LIKE 'binlog_snapshot_%'", 2))) {
      const std::string value = row[1].value_or("");
      if (SameName(row[0].value_or(""), "binlog_snapshot_file")) position.file = value;
      if (SameName(row[0].value_or(""), "binlog_snapshot_position")) {
        std::from_chars(value.data(), value.data() + value.size(), position.offset);
      }
    }
    position.server = TRY(ServerIdentity(connection));
    position.gtid_set =
        TRY(connection.QueryValue(fmt::format("SELECT BINLOG_GTID_POS({}, {})",
                                              connection.Quote(position.file), position.offset)))
            .value_or("");
    return position;
  }

  // A transaction becomes visible a moment before its GTID does: the last mark is read after a
  // pause in which that GTID would have shown itself.
  Result<bool> TryMySqlMarks() {
    const SourcePosition low = TRY(CurrentPosition(control_));
    for (Connection& connection : result_.connections) {
      RETURN_IF_ERROR(connection.Execute(kStartSnapshot));
    }
    RETURN_IF_ERROR(control_.Execute("DO SLEEP(0.02)"));
    RETURN_IF_ERROR(CheckAllRead());
    if (TRY(CurrentPosition(control_)) != low) return false;
    result_.origin.position = low;
    return DescribeUnlessGone();
  }

  const MysqlOptions& options_;
  const TableFilter& filter_;
  Connection control_;
  const bool all_read_;
  CoincidingSnapshots result_;
};

}  // namespace

Result<SourcePosition> CurrentPosition(Connection& connection) {
  const bool new_name = connection.version().MysqlSince(8, 2);
  const std::vector<SqlRow> rows =
      TRY(connection.Query(new_name ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS", 2));
  if (rows.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kBinlogDisabled,
               "the server writes no binlog (log_bin is off)");
  }
  SourcePosition position;
  position.server = TRY(ServerIdentity(connection));
  position.file = rows[0][0].value_or("");
  const std::string offset = rows[0][1].value_or("");
  std::from_chars(offset.data(), offset.data() + offset.size(), position.offset);
  if (connection.version().is_mariadb) {
    position.gtid_set = TRY(GtidSet(connection));
  } else if (TRY(HasGtids(connection))) {
    // Of the same moment as file and offset.
    position.gtid_set =
        rows[0].size() > 4 ? WithoutSpace(rows[0][4].value_or("")) : TRY(GtidSet(connection));
  }
  return position;
}

Result<CoincidingSnapshots> OpenSnapshots(const MysqlOptions& options, const TableFilter& filter,
                                          std::size_t count, bool all_read) {
  SnapshotOpener opener(options, filter, TRY(Connection::Open(options)), all_read);
  RETURN_IF_ERROR(opener.CheckAllRead());  // before anything is locked for it
  RETURN_IF_ERROR(opener.Connect(count));
  if (TRY(opener.UnderGlobalLock()) || TRY(opener.UnderTableLocks()) || TRY(opener.ByMarks())) {
    return opener.Take();
  }
  return Err(
      ErrorKind::kTransient, ErrorCode::kSnapshotsDiffer,
      fmt::format("the server changed between the snapshots in each of {} attempts", kAttempts));
}

}  // namespace foreset::mysql
