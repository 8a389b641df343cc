// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/mysql_source.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/source.h"
#include "foreset/base/time_units.h"
#include "foreset/capture/mysql/backfill_session.h"
#include "foreset/capture/mysql/binlog_connection.h"
#include "foreset/capture/mysql/ddl_follower.h"
#include "foreset/capture/mysql/mysql_change_stream.h"
#include "foreset/capture/mysql/position_check.h"
#include "foreset/capture/mysql/source_proof.h"
#include "foreset/capture/mysql/stream_position.h"
#include "foreset/capture/mysql/table_definition_proof.h"
#include "foreset/capture/mysql/versioned_tables.h"

namespace foreset::mysql {
namespace {

constexpr std::uint32_t kProbeBit = 1U << 30U;
// How long a first copy waits for the end of XA transactions.
constexpr std::chrono::seconds kPreparedPatience{30};

void Append(std::vector<ServerCheck>& to, std::vector<ServerCheck> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// The table as it is now, if it is still there.
Result<std::optional<TableSchema>> DescribeTable(const MysqlOptions& options, const TableId& id) {
  Connection connection = TRY(Connection::Open(options));
  const TableFilter only({id.database + "." + id.table}, {});
  for (DescribedTable& table : TRY(ReadTables(connection, only))) {
    if (table.schema.id == id) return std::optional(std::move(table.schema));
  }
  return std::optional<TableSchema>();
}

// By the server's own tables of zones.
std::optional<std::int64_t> OffsetOfZone(const MysqlOptions& options, const std::string& zone,
                                         Timestamp at) {
  Result<Connection> connection = Connection::Open(options);
  if (!connection) return std::nullopt;
  const std::string utc =
      fmt::format("'1970-01-01' + INTERVAL {} SECOND", at.value() / kMicrosPerSecond);
  const auto seconds = connection->QueryValue(
      fmt::format("SELECT TIMESTAMPDIFF(SECOND, {0}, CONVERT_TZ({0}, '+00:00', {1}))", utc,
                  connection->Quote(zone)));
  if (!seconds || !*seconds) return std::nullopt;
  std::int64_t offset = 0;
  std::from_chars((*seconds)->data(), (*seconds)->data() + (*seconds)->size(), offset);
  return offset;
}

// "0": names of tables have a case; "1": they are lower case; "2": they are compared without it.
Result<std::string> ReadNameCase(Connection& connection) {
  return TRY(connection.QueryValue("SELECT @@lower_case_table_names")).value_or("0");
}

// What the configuration selects, with names compared as the server compares them.
Result<TableFilter> FilterOf(const MysqlOptions& options, Connection& connection) {
  const bool fold_names = TRY(ReadNameCase(connection)) != "0";
  return TableFilter(options.tables, options.exclude, fold_names);
}

Result<DdlFollower::Server> AskServer(const MysqlOptions& options, Connection& connection) {
  DdlFollower::Server server;
  server.version = connection.version();
  server.implicit_timestamps =
      TRY(connection.QueryValue("SELECT @@global.explicit_defaults_for_timestamp")) == "0";
  server.describe = [options](const TableId& id) { return DescribeTable(options, id); };
  server.is_versioned = [options](const TableId& id) -> Result<bool> {
    Connection own = TRY(Connection::Open(options));
    return !TRY(VersionedTables(own, TableFilter({id.database + "." + id.table}, {}))).empty();
  };
  server.now = [options]() -> Result<SourcePosition> {
    Connection own = TRY(Connection::Open(options));
    return CurrentPosition(own);
  };
  server.system_zone_is_utc =
      TRY(connection.QueryValue("SELECT @@global.system_time_zone")) == "UTC";
  const std::string names = TRY(ReadNameCase(connection));
  server.fold_names = names != "0";
  server.lower_names = names == "1";
  server.describe_after =
      [options](const TableId& id, const DdlStatement& statement,
                const std::vector<std::string>& columns) -> Result<std::optional<TableAfter>> {
    Connection own = TRY(Connection::Open(options));
    return DescribeAfter(own, id, statement, columns);
  };
  server.offset_of_zone = [options](const std::string& zone, Timestamp at) {
    return OffsetOfZone(options, zone, at);
  };
  return server;
}

}  // namespace

MysqlSource::MysqlSource(MysqlOptions options, const Clock& clock, std::uint32_t random_server_id)
    : options_(std::move(options)),
      clock_(clock),
      server_id_(options_.server_id != 0 ? options_.server_id : random_server_id),
      probe_id_(random_server_id ^ kProbeBit) {}

Result<SourceDescription> MysqlSource::Describe() {
  Connection connection = TRY(Connection::Open(options_));
  SourceDescription description;
  description.version = connection.version_text();
  description.is_mariadb = connection.version().is_mariadb;
  description.now = TRY(CurrentPosition(connection));
  const std::string id = TRY(connection.QueryValue("SELECT @@server_id")).value_or("0");
  std::from_chars(id.data(), id.data() + id.size(), description.server_id);
  description.server = description.now.server;
  return description;
}

Result<std::vector<TableId>> MysqlSource::ListTables() {
  std::vector<TableId> ids;
  for (auto& [id, rows] : TRY(EstimateRows())) ids.push_back(std::move(id));
  return ids;
}

Result<std::vector<TableId>> MysqlSource::LeftOut(const std::vector<TableId>& tables) {
  Connection connection = TRY(Connection::Open(options_));
  const TableFilter filter = TRY(FilterOf(options_, connection));
  std::vector<TableId> left_out;
  std::ranges::remove_copy_if(tables, std::back_inserter(left_out),
                              [&](const TableId& id) { return filter.Matches(id); });
  return left_out;
}

Result<std::vector<std::pair<TableId, std::uint64_t>>> MysqlSource::EstimateRows() {
  Connection connection = TRY(Connection::Open(options_));
  const TableFilter filter = TRY(FilterOf(options_, connection));
  std::vector<std::pair<TableId, std::uint64_t>> rows;
  for (DescribedTable& table : TRY(ReadTables(connection, filter))) {
    rows.emplace_back(std::move(table.schema.id), table.estimated_rows);
  }
  return rows;
}

Result<std::vector<ServerCheck>> MysqlSource::Check() {
  Connection connection = TRY(Connection::Open(options_));
  std::vector<ServerCheck> checks = TRY(CheckSettings(connection));
  checks.push_back(CheckTls(connection, options_.tls.mode));
  Append(checks, TRY(CheckPrivileges(connection)));
  const TableFilter filter = TRY(FilterOf(options_, connection));
  const std::vector<DescribedTable> tables = TRY(ReadTables(connection, filter));
  Append(checks, TRY(CheckTables(connection, tables, filter, options_.tables)));
  Append(checks, TRY(CheckTransactions(connection)));
  return checks;
}

Result<Backfill> MysqlSource::BeginBackfill(std::size_t readers, SourceEpoch epoch) {
  std::vector<ServerCheck> checks = TRY(Check());
  // Versioned tables stop by themselves, as soon as the stream begins. Where a lake is already, a
  // table that cannot be copied is refused alone, when it is to be copied.
  std::erase_if(checks, [&](const ServerCheck& check) {
    return check.code == source_error::kSystemVersioned || (follows_ && IsOfOneTable(check.code));
  });
  RETURN_IF_ERROR(FirstFailure(checks));
  Connection connection = TRY(Connection::Open(options_));
  const TableFilter filter = TRY(FilterOf(options_, connection));
  auto opened = OpenSnapshots(options_, filter, readers, !follows_);
  if (!opened) return std::unexpected(AfterWaiting(std::move(opened).error()));
  waiting_since_.reset();
  CoincidingSnapshots snapshots = *std::move(opened);
  snapshots.origin.position.epoch = epoch;
  snapshots.origin.position.newest =
      TRY(SourceProver(options_, clock_, probe_id_).MarkOf(snapshots.origin.position));
  Backfill backfill;
  backfill.position = snapshots.origin.position;
  const auto statements = std::make_shared<TableStatements>();
  const auto refused = std::make_shared<const RefusedTables>(RefusalsOf(snapshots.tables));
  for (DescribedTable& table : snapshots.tables) {
    if (table.versioned) continue;
    statements->emplace(table.schema.id, table.statement);
    backfill.tables.push_back(std::move(table.schema));
    backfill.estimated_rows.push_back(table.estimated_rows);
    backfill.statements.push_back(std::move(table.statement));
  }
  for (Connection& reader : snapshots.connections) {
    backfill.readers.push_back(std::make_unique<SnapshotReader>(
        std::move(reader), snapshots.origin, statements, refused, options_.largest_row));
  }
  return backfill;
}

// Whoever asked tries again, until the wait has been long enough.
Error MysqlSource::AfterWaiting(Error error) {
  if (error.code != source_error::kPreparedAtCopy) return error;
  const auto now = clock_.Steady();
  if (!waiting_since_) waiting_since_ = now;
  if (now - *waiting_since_ > kPreparedPatience) error.kind = ErrorKind::kInvalidInput;
  return error;
}

Result<std::unique_ptr<ChangeStream>> MysqlSource::Follow(const SourcePosition& position,
                                                          std::vector<FollowedTable> tables) {
  Connection connection = TRY(Connection::Open(options_));
  RETURN_IF_ERROR(FirstFailure(TRY(CheckSettings(connection))));
  RETURN_IF_ERROR(CheckPosition(connection, position));
  SourceProof proof = TRY(SourceProver(options_, clock_, probe_id_).Prove(connection, position));
  SourcePosition from = position;
  from.newest = proof.newest;
  const SourcePosition asked = AskedFrom(from);
  if (asked != from) RETURN_IF_ERROR(CheckPosition(connection, asked));
  follows_ = true;
  MysqlChangeStream::Parts parts;
  parts.registry = std::make_unique<SchemaRegistry>();
  const TableFilter filter = TRY(FilterOf(options_, connection));
  AssemblerOptions options;
  options.refused = TRY(VersionedTables(connection, filter));
  for (FollowedTable& table : tables) {
    const TableId id = table.schema->id;
    if (table.stopped) options.stopped.push_back(id);
    parts.registry->Put(std::move(table.schema), table.after);
    if (table.dropped) parts.registry->Erase(id);
  }
  options.is_mariadb = connection.version().is_mariadb;
  options.largest_row = options_.largest_row;
  // MariaDB's binlog always has GTIDs: an empty position is one before the first.
  options.by_gtid = options.is_mariadb || !from.gtid_set.empty();
  options.wants = [filter](const TableId& id) { return filter.Matches(id); };
  parts.ddl = std::make_unique<DdlFollower>(filter, TRY(AskServer(options_, connection)));
  parts.assembler =
      TRY(RoundAssembler::Open(std::move(options), from, *parts.registry, *parts.ddl));
  BinlogConnection binlog = TRY(BinlogConnection::Open(options_, asked, server_id_, clock_));
  return std::make_unique<MysqlChangeStream>(std::move(binlog), std::move(parts), std::move(proof),
                                             clock_);
}

}  // namespace foreset::mysql
