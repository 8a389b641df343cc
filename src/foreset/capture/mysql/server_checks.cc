// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/server_checks.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/grants.h"
#include "foreset/capture/mysql/reserved_names.h"
#include "foreset/capture/mysql/versioned_tables.h"
#include "foreset/capture/mysql/xa_recover.h"

namespace foreset::mysql {
namespace {

constexpr std::uint64_t kWantedRetention = 86'400;  // seconds
constexpr std::ptrdiff_t kMaxNamesShown = 5;
constexpr char kEngineFix[] =
    "ALTER TABLE … ENGINE = InnoDB, or leave the table out with `exclude`";

class SettingChecks {
 public:
  explicit SettingChecks(Connection& connection) : connection_(connection) {}

  Result<std::vector<ServerCheck>> Run() {
    CheckVersion();
    RETURN_IF_ERROR(Expect("log_bin", "1",
                           "Set log_bin and server_id in the server's configuration file and "
                           "restart it",
                           ErrorCode::kBinlogDisabled));
    RETURN_IF_ERROR(Expect("binlog_format", "ROW", "SET GLOBAL binlog_format = 'ROW';",
                           ErrorCode::kBinlogFormat));
    RETURN_IF_ERROR(Expect("binlog_row_image", "FULL", "SET GLOBAL binlog_row_image = 'FULL';",
                           ErrorCode::kRowImage));
    RETURN_IF_ERROR(Expect("binlog_row_metadata", "FULL",
                           "SET GLOBAL binlog_row_metadata = 'FULL';", ErrorCode::kRowMetadata));
    RETURN_IF_ERROR(CheckGtidMode());
    RETURN_IF_ERROR(CheckRetention());
    RETURN_IF_ERROR(CheckIdentity());
    RETURN_IF_ERROR(CheckNames());
    return std::move(checks_);
  }

 private:
  const ServerVersion& version() const { return connection_.version(); }

  void CheckVersion() {
    ServerCheck check{"version", CheckOutcome::kOk, connection_.version_text(), {}, {}, {}};
    check.wanted = "MySQL 8.0.1 or MariaDB 10.5, or later";
    if (!version().MysqlSince(8, 0, 1) && !version().MariaDbSince(10, 5)) {
      check.outcome = CheckOutcome::kFailed;
      check.fix = "Upgrade the server";
      check.code = ErrorCode::kServerTooOld;
    }
    checks_.push_back(std::move(check));
  }

  // Absent when the server has no such setting.
  Result<std::optional<std::string>> Setting(std::string_view name) {
    const std::vector<SqlRow> rows = TRY(connection_.Query(
        fmt::format("SHOW GLOBAL VARIABLES LIKE {}", connection_.Quote(name)), 2));
    if (rows.empty()) return std::optional<std::string>();
    return rows[0][1];
  }

  Status Expect(const std::string& name, std::string_view wanted, std::string fix, ErrorCode code) {
    std::string found = TRY(Setting(name)).value_or("not there");
    if (found == "ON") found = "1";
    ServerCheck check{name, CheckOutcome::kOk, found, std::string(wanted), {}, {}};
    // The setting is deprecated in MySQL: a server without it knows no other format.
    if (!SameName(found, wanted) && !(name == "binlog_format" && found == "not there")) {
      check.outcome = CheckOutcome::kFailed;
      check.fix = std::move(fix);
      check.code = code;
    }
    checks_.push_back(std::move(check));
    return {};
  }

  Status CheckGtidMode() {
    if (version().is_mariadb) return {};
    ServerCheck check{
        "gtid_mode", CheckOutcome::kOk, TRY(Setting("gtid_mode")).value_or("OFF"), "ON", {}, {}};
    if (check.found != "ON") {
      check.outcome = CheckOutcome::kWarning;
      check.fix =
          "without GTIDs the position is a file name and dies with the server: SET GLOBAL "
          "enforce_gtid_consistency = ON; then gtid_mode = OFF_PERMISSIVE, ON_PERMISSIVE, ON";
    }
    checks_.push_back(std::move(check));
    return {};
  }

  Status CheckRetention() {
    std::string text = TRY(Setting("binlog_expire_logs_seconds")).value_or("0");
    std::uint64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    ServerCheck check{"binlog retention",
                      CheckOutcome::kOk,
                      fmt::format("{} s", seconds),
                      fmt::format("{} s or more", kWantedRetention),
                      {},
                      {}};
    if (seconds == 0) check.found = "forever";
    if (seconds > 0 && seconds < kWantedRetention) {
      check.outcome = CheckOutcome::kWarning;
      check.fix = "SET GLOBAL binlog_expire_logs_seconds = 604800;";
    }
    checks_.push_back(std::move(check));
    return {};
  }

  Status CheckIdentity() {
    const std::string id = TRY(Setting("server_id")).value_or("0");
    ServerCheck check{"server_id", CheckOutcome::kOk, id, "not 0", {}, {}};
    if (id == "0") {
      check.outcome = CheckOutcome::kFailed;
      check.fix = "SET GLOBAL server_id = 1;";
      check.code = ErrorCode::kBinlogDisabled;
    }
    checks_.push_back(std::move(check));
    return {};
  }

  // A lake's folders tell upper from lower case, names of such a server do not.
  Status CheckNames() {
    const std::string found = TRY(Setting("lower_case_table_names")).value_or("0");
    ServerCheck check{"lower_case_table_names", CheckOutcome::kOk, found, {}, {}, {}};
    if (found != "0") check.found += ": names are compared without their case";
    checks_.push_back(std::move(check));
    return {};
  }

  Connection& connection_;
  std::vector<ServerCheck> checks_;
};

// "a, b, c and 4 more"
std::string Enumerate(const std::vector<std::string>& names) {
  std::string text = fmt::format("{}", fmt::join(std::views::take(names, kMaxNamesShown), ", "));
  const std::ptrdiff_t more = std::ssize(names) - kMaxNamesShown;
  if (more > 0) text += fmt::format(" and {} more", more);
  return text;
}

ServerCheck ListCheck(std::string name, const std::vector<std::string>& found, CheckOutcome outcome,
                      std::string fix, ErrorCode code) {
  if (found.empty()) return {std::move(name), CheckOutcome::kOk, "none", {}, {}, {}};
  return {std::move(name), outcome, Enumerate(found), "none", std::move(fix), code};
}

bool IsTransactional(std::string_view engine) {
  return SameName(engine, "InnoDB") || SameName(engine, "ROCKSDB") || SameName(engine, "TokuDB") ||
         SameName(engine, "ndbcluster");
}

// Only MySQL from 9.6 on writes what a cascade does into the binlog.
Result<std::vector<std::string>> CascadingKeys(Connection& connection,
                                               const std::vector<DescribedTable>& tables) {
  std::vector<std::string> found;
  if (connection.version().MysqlSince(9, 6)) return found;
  const std::vector<SqlRow> rows = TRY(
      connection.Query("SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME "
                       "FROM information_schema.REFERENTIAL_CONSTRAINTS "
                       "WHERE DELETE_RULE IN ('CASCADE','SET NULL','SET DEFAULT') "
                       "OR UPDATE_RULE IN ('CASCADE','SET NULL','SET DEFAULT') ORDER BY 1, 2, 3",
                       3));
  for (const SqlRow& row : rows) {
    const TableId id{row[0].value_or(""), row[1].value_or("")};
    const bool captured = std::ranges::any_of(
        tables, [&](const DescribedTable& table) { return table.schema.id == id; });
    if (captured) found.push_back(fmt::format("{} ({})", id.ToString(), row[2].value_or("")));
  }
  return found;
}

// MariaDB's sequences; what takes numbers from them is captured all the same.
Result<std::vector<std::string>> Sequences(Connection& connection, const TableFilter& filter) {
  std::vector<std::string> found;
  if (!connection.version().is_mariadb) return found;
  for (const SqlRow& row :
       TRY(connection.Query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES "
                            "WHERE TABLE_TYPE = 'SEQUENCE' ORDER BY 1, 2",
                            2))) {
    const TableId id{row[0].value_or(""), row[1].value_or("")};
    if (filter.Matches(id)) found.push_back(id.ToString());
  }
  return found;
}

Result<std::vector<std::string>> VersionedNames(Connection& connection, const TableFilter& filter) {
  std::vector<std::string> names;
  for (const auto& [id, why] : TRY(VersionedTables(connection, filter))) {
    names.push_back(id.ToString());
  }
  return names;
}

std::optional<Error> RefusalOf(const DescribedTable& table) {
  const std::string name = table.schema.id.ToString();
  if (!IsTransactional(table.engine)) {
    return Error{
        ErrorKind::kUnsupported, ErrorCode::kEngineUnsupported,
        fmt::format("{} cannot be copied: its engine {} has no transactions", name, table.engine),
        kEngineFix};
  }
  if (!table.unsupported.empty()) {
    return Error{ErrorKind::kUnsupported,
                 ErrorCode::kColumnTypeUnsupported,
                 fmt::format("{} cannot be copied: column {}", name, table.unsupported.front()),
                 {}};
  }
  auto reserved = ReservedNameIn(table.schema);
  return reserved ? std::optional(std::move(*reserved).Within(name)) : std::nullopt;
}

}  // namespace

Result<std::vector<ServerCheck>> CheckSettings(Connection& connection) {
  return SettingChecks(connection).Run();
}

ServerCheck CheckTls(const Connection& connection, TlsMode mode) {
  const std::string cipher = connection.cipher();
  ServerCheck check{"tls", CheckOutcome::kOk, cipher.empty() ? "none" : cipher, {}, {}, {}};
  if (connection.is_local()) {
    check.found += " (the server is on this machine)";
  } else if (mode < TlsMode::kRequired) {
    check.outcome = CheckOutcome::kWarning;
    check.found += mode == TlsMode::kDisabled
                       ? "; tls.mode: disabled sends the password and all data over the network"
                       : "; tls.mode: preferred gives the password to whoever answers without TLS";
    check.wanted = "tls.mode: verify_identity (or verify_ca, required)";
    check.fix = "Set tls.mode and tls.ca of source.mysql";
  }
  return check;
}

Result<std::vector<ServerCheck>> CheckPrivileges(Connection& connection) {
  const std::string user = TRY(connection.QueryValue("SELECT CURRENT_USER()")).value_or("");
  Grants grants;
  for (const SqlRow& row : TRY(connection.Query("SHOW GRANTS", 1))) {
    grants.Add(row[0].value_or(""), connection.version().is_mariadb);
  }
  const bool mariadb = connection.version().is_mariadb;
  std::vector<ServerCheck> checks;
  const auto require = [&](std::string_view privilege, bool held, CheckOutcome otherwise) {
    ServerCheck check{fmt::format("privilege {}", privilege),
                      CheckOutcome::kOk,
                      held ? "granted" : "missing",
                      "granted",
                      {},
                      {}};
    if (!held) {
      check.outcome = otherwise;
      check.fix = fmt::format("GRANT {} ON *.* TO {};", privilege, QuoteUser(user));
      check.code = ErrorCode::kMissingPrivilege;
    }
    checks.push_back(std::move(check));
  };
  require("SELECT", grants.HasAnywhere("SELECT"), CheckOutcome::kFailed);
  require("REPLICATION SLAVE", grants.HasGlobal("REPLICATION SLAVE"), CheckOutcome::kFailed);
  const std::string_view monitor = mariadb ? "BINLOG MONITOR" : "REPLICATION CLIENT";
  require(monitor, grants.HasGlobal(monitor) || grants.HasGlobal("REPLICATION CLIENT"),
          CheckOutcome::kFailed);
  // Without either the backfill looks for coinciding snapshots, which a busy server rarely grants.
  // Since 8.0; MariaDB lets everybody ask.
  if (!mariadb) {
    require("XA_RECOVER_ADMIN", grants.HasGlobal("XA_RECOVER_ADMIN"), CheckOutcome::kWarning);
    if (checks.back().outcome == CheckOutcome::kWarning) {
      checks.back().found =
          "missing: an XA transaction that is open while the tables are copied is noticed at its "
          "XA COMMIT only, which stops the stream";
    }
  }
  require("RELOAD", grants.HasGlobal("RELOAD") || grants.HasAnywhere("LOCK TABLES"),
          CheckOutcome::kWarning);
  return checks;
}

Result<std::vector<ServerCheck>> CheckTransactions(Connection& connection) {
  const auto xids = TRY(PreparedNow(connection));
  if (!xids) return std::vector<ServerCheck>();  // the missing privilege is told by itself
  return std::vector{ListCheck("prepared XA transactions", *xids, CheckOutcome::kWarning,
                               "XA COMMIT or XA ROLLBACK: a first copy waits for their end, and "
                               "their rows come with their XA COMMIT",
                               ErrorCode::kInternal)};
}

Result<std::vector<ServerCheck>> CheckTables(Connection& connection,
                                             const std::vector<DescribedTable>& tables,
                                             const TableFilter& filter,
                                             const std::vector<std::string>& wanted) {
  std::vector<std::string> without_key;
  std::vector<std::string> reserved;
  std::vector<std::string> unsupported;
  std::vector<std::string> engines;
  for (const DescribedTable& table : tables) {
    const std::string name = table.schema.id.ToString();
    if (table.schema.key_kind == KeyKind::kWholeRow) without_key.push_back(name);
    if (!IsTransactional(table.engine)) engines.push_back(name + " (" + table.engine + ")");
    for (const std::string& column : table.unsupported) unsupported.push_back(name + "." + column);
    for (const ColumnSchema& column : table.schema.columns) {
      if (IsReservedName(column.name)) reserved.push_back(name + "." + column.name);
    }
  }
  std::vector<ServerCheck> checks;
  checks.push_back(
      {"tables", CheckOutcome::kOk, fmt::format("{} match", tables.size()), "1 or more", {}, {}});
  if (tables.empty()) {
    checks.back().outcome = CheckOutcome::kFailed;
    checks.back().found = fmt::format("none that matches {}", fmt::join(wanted, ", "));
    checks.back().fix = "Correct `tables` and `exclude` of the source, or grant SELECT";
    checks.back().code = ErrorCode::kNoTableMatches;
  }
  checks.push_back(ListCheck("tables without a key", without_key, CheckOutcome::kWarning,
                             "ALTER TABLE … ADD PRIMARY KEY (…): without a key equal rows are "
                             "told apart by their number only",
                             ErrorCode::kInternal));
  checks.push_back(ListCheck("reserved column names", reserved, CheckOutcome::kFailed,
                             "Rename the column, or leave the table out with `exclude`",
                             ErrorCode::kReservedColumnName));
  checks.push_back(ListCheck("unsupported column types", unsupported, CheckOutcome::kFailed,
                             "Change the type, or leave the table out with `exclude`",
                             ErrorCode::kColumnTypeUnsupported));
  checks.push_back(ListCheck("tables without transactions", engines, CheckOutcome::kFailed,
                             kEngineFix, ErrorCode::kEngineUnsupported));
  checks.push_back(ListCheck("foreign keys that cascade", TRY(CascadingKeys(connection, tables)),
                             CheckOutcome::kWarning,
                             "The server leaves cascaded rows out of its binlog: use ON DELETE "
                             "RESTRICT and change the child rows themselves, or verify often",
                             ErrorCode::kInternal));
  checks.push_back(ListCheck("system-versioned tables", TRY(VersionedNames(connection, filter)),
                             CheckOutcome::kFailed,
                             "ALTER TABLE … DROP SYSTEM VERSIONING, or leave the table out with "
                             "`exclude`",
                             source_error::kSystemVersioned));
  ServerCheck sequences = ListCheck("sequences", TRY(Sequences(connection, filter)),
                                    CheckOutcome::kOk, {}, ErrorCode::kInternal);
  if (sequences.found != "none") sequences.found += ": they are no tables, and are left out";
  sequences.wanted.clear();
  checks.push_back(std::move(sequences));
  return checks;
}

std::map<TableId, Error> RefusalsOf(const std::vector<DescribedTable>& tables) {
  std::map<TableId, Error> refused;
  for (const DescribedTable& table : tables) {
    if (auto why = RefusalOf(table)) refused.emplace(table.schema.id, *std::move(why));
  }
  return refused;
}

bool IsOfOneTable(ErrorCode code) {
  return code == ErrorCode::kEngineUnsupported || code == ErrorCode::kColumnTypeUnsupported ||
         code == ErrorCode::kReservedColumnName;
}

Status FirstFailure(const std::vector<ServerCheck>& checks) {
  for (const ServerCheck& check : checks) {
    if (check.outcome != CheckOutcome::kFailed) continue;
    return Err(ErrorKind::kInvalidInput, check.code,
               fmt::format("{}: {}, wanted {}", check.name, check.found, check.wanted), check.fix);
  }
  return {};
}

}  // namespace foreset::mysql
