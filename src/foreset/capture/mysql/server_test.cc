// SPDX-License-Identifier: MIT
// Capture against a running server, which FORESET_TEST_PORT, FORESET_TEST_ROOT_PASSWORD,
// FORESET_TEST_USER and FORESET_TEST_PASSWORD name. Not part of the unit tests: tests/capture
// starts the servers and runs this program once for each kind.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <limits>
#include <map>
#include <random>

#include <arrow/array.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/backfill_session.h"
#include "foreset/capture/mysql/server_testing.h"
#include "foreset/capture/mysql/server_watch.h"

namespace foreset::mysql {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the fixture's words

TEST_F(ServerTest, BackfillReadsEveryRowOnceInChunks) {
  Sql("CREATE TABLE pairs (a INT, b VARCHAR(20), v DECIMAL(10,2), PRIMARY KEY (a, b))");
  Sql("INSERT INTO pairs VALUES (1,'x',1.5),(1,'y',-2.25),(2,'a''b',0),(3,'Z',NULL),(3,'zz',7)");
  Sql("CREATE TABLE bare (v INT)");
  Sql("INSERT INTO bare VALUES (1),(1),(NULL)");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(2, SourceEpoch(0)));
  ASSERT_EQ(backfill.tables.size(), 2U);
  EXPECT_EQ(backfill.tables[0].key_kind, KeyKind::kWholeRow);
  EXPECT_EQ(backfill.tables[1].key, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(ReadAll(backfill, "pairs", 2),
            (std::vector<std::string>{"r 1|x|1.50", "r 1|y|-2.25", "r 2|a'b|0.00", "r 3|Z|NULL",
                                      "r 3|zz|7.00"}));
  EXPECT_EQ(ReadAll(backfill, "bare", 1), (std::vector<std::string>{"r 1", "r 1", "r NULL"}));
}

TEST_F(ServerTest, BackfillSeesOneMoment) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  Sql("INSERT INTO t VALUES (1),(2)");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(3, SourceEpoch(4)));
  Sql("INSERT INTO t VALUES (3)");
  EXPECT_EQ(backfill.readers.size(), 3U);
  EXPECT_EQ(backfill.position.epoch.value(), 4);
  EXPECT_EQ(ReadAll(backfill, "t", 10).size(), 2U);
}

// What the snapshot does not show any more is copied by the next one: never as it is by now, under
// the names that it had then.
TEST_F(ServerTest, ATableThatIsAlteredBeforeItIsReadIsLeftToTheNextSnapshot) {
  const std::vector<std::string> statements = {
      "DROP TABLE t",
      "RENAME TABLE t TO u",
      "TRUNCATE TABLE t",
      "ALTER TABLE t DROP COLUMN v",
      "ALTER TABLE t ADD COLUMN x INT",
      "ALTER TABLE t MODIFY v BIGINT",
      "ALTER TABLE t RENAME COLUMN v TO w, RENAME COLUMN w TO v",
      "RENAME TABLE t TO u, other TO t",
  };
  for (const std::string& statement : statements) {
    SCOPED_TRACE(statement);
    Sql("CREATE TABLE t (id INT PRIMARY KEY, v INT, w INT)");
    Sql("INSERT INTO t VALUES (1, 2, 3)");
    Sql("CREATE TABLE other (id INT PRIMARY KEY, w INT, v INT)");
    Sql("INSERT INTO other VALUES (9, 9, 9)");
    MysqlSource source = Open();
    Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
    Sql(statement);
    const auto schema = std::ranges::find(backfill.tables, "t",
                                          [](const TableSchema& table) { return table.id.table; });
    ASSERT_NE(schema, backfill.tables.end());
    const auto read = backfill.readers[0]->ReadChunk(
        std::make_shared<const TableSchema>(*schema), {}, 10,
        [](const std::shared_ptr<const ChangeBatch>&) { return Status(); }, {});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, ErrorKind::kTransient) << read.error().ToString();
    backfill.readers.clear();
    Sql("DROP TABLE IF EXISTS t, u, other");
  }
}

TEST_F(ServerTest, RowsThatComeMeanwhileAlterNothing) {
  Sql("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, v INT COMMENT 'x AUTO_INCREMENT=7')"
      " COMMENT='y AUTO_INCREMENT=7'");
  Sql("INSERT INTO t (v) VALUES (1)");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO t (v) VALUES (2), (3)");
  EXPECT_EQ(ReadAll(backfill, "t", 10), (std::vector<std::string>{"r 1|1"}));
}

TEST_F(ServerTest, ChunksFollowTheOrderOfTheKeysOwnType) {
  Sql("CREATE TABLE e (k ENUM('z','a','m') NOT NULL PRIMARY KEY)");
  Sql("INSERT INTO e VALUES ('a'),('m'),('z')");
  Sql("CREATE TABLE f (k FLOAT NOT NULL PRIMARY KEY)");
  Sql("INSERT INTO f VALUES (0.1),(16777216),(-3.25),(0.3)");
  Sql("CREATE TABLE b (k BINARY(3) PRIMARY KEY)");
  Sql("INSERT INTO b VALUES (x'00ff00'),(x'ffffff'),(x'000001')");
  Sql("CREATE TABLE s (k VARCHAR(10) COLLATE utf8mb4_general_ci PRIMARY KEY)");
  Sql("INSERT INTO s VALUES ('a'),('B'),('c'),('Ü'),('\\\\')");
  Sql("CREATE TABLE d (k DATETIME(3) PRIMARY KEY)");
  Sql("INSERT INTO d VALUES ('2024-01-01 00:00:00.123'),('2024-01-01 00:00:00.124')");
  Sql("CREATE TABLE n (k BIT(10) PRIMARY KEY, v YEAR)");
  Sql("INSERT INTO n VALUES (b'1111111111',2024),(b'1',0),(b'1000000000',1999)");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  for (const auto& [table, rows] : std::map<std::string, std::size_t>{
           {"e", 3}, {"f", 4}, {"b", 3}, {"s", 5}, {"d", 2}, {"n", 3}}) {
    EXPECT_EQ(ReadAll(backfill, table, 1).size(), rows) << table;
  }
}

TEST_F(ServerTest, SnapshotsCoincideWithoutPrivileges) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  Sql("INSERT INTO t VALUES (1)");
  const std::string user = "u" + database_;
  const char* const monitor = mariadb() ? "BINLOG MONITOR" : "REPLICATION CLIENT";
  Sql(fmt::format("CREATE USER {} IDENTIFIED BY 'p'", user));
  Sql(fmt::format("GRANT SELECT, REPLICATION SLAVE, {} ON *.* TO {}", monitor, user));
  MysqlOptions options = Options(database_);
  options.user = user;
  options.password = Secret("p");
  const TableFilter filter(options.tables, {});
  const CoincidingSnapshots snapshots = Must(OpenSnapshots(options, filter, 3, true));
  EXPECT_EQ(snapshots.connections.size(), 3U);
  EXPECT_EQ(snapshots.origin.position, Must(CurrentPosition(*root_)));
  Sql(fmt::format("GRANT LOCK TABLES ON *.* TO {}", user));
  EXPECT_EQ(Must(OpenSnapshots(options, filter, 2, true)).origin.position,
            Must(CurrentPosition(*root_)));
  Sql("DROP USER " + user);
}

TEST_F(ServerTest, WrongPasswordIsAccessDenied) {
  MysqlOptions options = Options(database_);
  options.password = Secret("secret-canary");
  const auto connection = Connection::Open(options);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::kSourceAccessDenied);
  EXPECT_EQ(connection.error().message.find("canary"), std::string::npos);
}

TEST_F(ServerTest, ClosedPortIsUnreachable) {
  MysqlOptions options = Options(database_);
  options.port = 1;
  const auto connection = Connection::Open(options);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::kSourceUnreachable);
  EXPECT_EQ(connection.error().kind, ErrorKind::kTransient);
}

TEST_F(ServerTest, MissingPrivilegeIsNamedWithItsGrant) {
  const std::string user = "u" + database_;
  Sql(fmt::format("CREATE USER {} IDENTIFIED BY 'p'", user));
  Sql(fmt::format("GRANT SELECT ON *.* TO {}", user));
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlOptions options = Options(database_);
  options.user = user;
  options.password = Secret("p");
  MysqlSource source(options, clock_, 4711);
  const auto backfill = source.BeginBackfill(1, SourceEpoch(0));
  ASSERT_FALSE(backfill);
  EXPECT_EQ(backfill.error().code, ErrorCode::kMissingPrivilege) << backfill.error().ToString();
  EXPECT_TRUE(backfill.error().next_step.starts_with("GRANT REPLICATION SLAVE ON *.* TO "));
  Sql("DROP USER " + user);
}

TEST_F(ServerTest, StreamContinuesWhereTheBackfillEnded) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20), price DECIMAL(10,2))");
  Sql("INSERT INTO t VALUES (1,'one',1)");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO t VALUES (2,'zwei',2.5)");
  Sql("UPDATE t SET name = 'eins' WHERE id = 1");
  Sql("DELETE FROM t WHERE id = 2");
  auto stream = Must(source.Follow(backfill.position, Followed(backfill)));
  EXPECT_EQ(Follow(*stream, 3),
            (std::vector<std::string>{"t c 2|zwei|2.50", "t u 1|one|1.00 -> 1|eins|1.00",
                                      "t d 2|zwei|2.50"}));
}

TEST_F(ServerTest, SchemaChangesAreFollowed) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20))");
  MysqlSource source = Open();
  Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  auto stream = Must(source.Follow(backfill.position, Followed(backfill)));
  Sql("INSERT INTO t VALUES (1,'a')");
  Sql("ALTER TABLE t ADD COLUMN n INT NOT NULL DEFAULT 7 AFTER id");
  Sql("INSERT INTO t VALUES (2,8,'b')");
  Sql("CREATE TABLE fresh (k BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, label ENUM('x','y'), "
      "note TEXT CHARACTER SET latin1)");
  Sql("INSERT INTO fresh (label, note) VALUES ('y', 'ü')");
  Sql("ALTER TABLE t DROP COLUMN name, MODIFY n BIGINT, ADD s VARCHAR(5)");
  Sql("INSERT INTO t VALUES (3, 5000000000, 'ß')");
  Sql("TRUNCATE TABLE t");
  Sql("DROP TABLE fresh");
  const std::vector<std::string> lines = Follow(*stream, 9);
  ASSERT_EQ(lines.size(), 9U) << ::testing::PrintToString(lines);
  EXPECT_EQ(lines[0], "t c 1|a");
  EXPECT_TRUE(lines[1].starts_with("t schema: ALTER TABLE t ADD COLUMN n"));
  EXPECT_EQ(lines[2], "t c 2|8|b");
  EXPECT_TRUE(lines[3].starts_with("fresh schema: CREATE TABLE"));
  EXPECT_EQ(lines[4], "fresh c 1|y|ü");
  EXPECT_TRUE(lines[5].starts_with("t schema: ALTER TABLE t DROP"));
  EXPECT_EQ(lines[6], "t c 3|5000000000|ß");
  EXPECT_EQ(lines[7], "t t");
  EXPECT_TRUE(lines[8].starts_with("fresh schema: DROP TABLE"));
}

TEST_F(ServerTest, BackfilledValuesEqualStreamedOnes) {
  Sql("SET sql_mode = ''");
  Sql("CREATE TABLE v (id INT PRIMARY KEY, ti TINYINT UNSIGNED, si SMALLINT, mi MEDIUMINT "
      "UNSIGNED, bi BIGINT, bu BIGINT UNSIGNED, f FLOAT, d DOUBLE, dm DOUBLE(20,3), "
      "de DECIMAL(38,10), dl DECIMAL(65,30), b1 BIT(1), b9 BIT(9), y YEAR, da DATE, "
      "t0 TIME, t6 TIME(6), dt DATETIME(3), ts TIMESTAMP(6) NULL, c CHAR(5), "
      "vc VARCHAR(20) CHARACTER SET latin1, tx MEDIUMTEXT, bn BINARY(4), vb VARBINARY(9), "
      "bl BLOB, e ENUM('ä','b') CHARACTER SET utf8mb4, s SET('p','q','r'), j JSON, g POINT, "
      "e2 ENUM('a\\\\b','c\\nd','it''s') DEFAULT 'a\\\\b', u16 VARCHAR(9) CHARACTER SET utf16 "
      "DEFAULT 'aü🙂', cyr CHAR(9) CHARACTER SET cp1251 DEFAULT 'Привет', "
      "zh TEXT CHARACTER SET gbk, gv INT AS (id * 2) VIRTUAL, gs INT AS (id + 1) STORED, "
      "z TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00')");
  const std::string columns =
      "id, ti, si, mi, bi, bu, f, d, dm, de, dl, b1, b9, y, da, t0, t6, "
      "dt, ts, c, vc, tx, bn, vb, bl, e, s, j, g";
  const std::string one =
      "255, -32768, 16777215, -9223372036854775808, 18446744073709551615, 16777217.1, "
      "-0.1, 12345.6789, -1234567890123456789012345678.0123456789, "
      "12345678901234567890123456789012345.5, b'1', b'101010101', 2155, '2024-02-29', "
      "'-838:59:59', '12:34:56.789', '9999-12-31 23:59:59.999', '2038-01-19 03:14:07.5', "
      "'ab', 'Ünï', '🙂 text', 'x', x'00ff', x'0001ff', 'ä', 'p,r', "
      "'{\"b\": [1, 2.5, null], \"a\": \"ü\"}', ST_GeomFromText('POINT(1 2)')";
  const std::string two =
      "0, 0, 0, 0, 0, 1e-30, 1e300, 0, 0, 0, b'0', b'0', 0, '0000-00-00', '00:00:00', "
      "'-00:00:00.5', '2020-00-15 00:00:00', NULL, '', '', '', '', '', '', 'b', '', '[]', NULL";
  const auto insert = [&](int base) {
    Sql(fmt::format("INSERT INTO v ({}) VALUES ({}, {})", columns, base, one));
    Sql(fmt::format("INSERT INTO v ({}) VALUES ({}, {})", columns, base + 1, two));
    Sql(fmt::format("UPDATE v SET e2 = 3, zh = '中文', z = 1700000000 WHERE id = {}", base));
    Sql(fmt::format("INSERT INTO v (id) VALUES ({})", base + 2));
  };
  MysqlSource source = Open();
  const Backfill before = Must(source.BeginBackfill(1, SourceEpoch(0)));
  insert(1);
  Backfill after = Must(source.BeginBackfill(1, SourceEpoch(0)));
  std::vector<std::string> copied = ReadAll(after, "v", 100);
  auto stream = Must(source.Follow(before.position, Followed(before)));
  const std::vector<std::string> streamed = Follow(*stream, 4);
  ASSERT_EQ(copied.size(), 3U);
  ASSERT_EQ(streamed.size(), 4U) << ::testing::PrintToString(streamed);
  EXPECT_EQ(copied[0].substr(2), streamed[2].substr(streamed[2].find(" -> ") + 4));
  EXPECT_EQ("v c" + copied[1].substr(1), streamed[1]);
  EXPECT_EQ("v c" + copied[2].substr(1), streamed[3]);
}

TEST_F(ServerTest, IdleStreamReturnsEmptyRoundsAndStopsAtOnce) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  auto stream = Must(source.Follow(backfill.position, Followed(backfill)));
  const RoundLimits limits{1UL << 20U, std::chrono::milliseconds(50),
                           std::chrono::milliseconds(100)};
  const CaptureRound round = Must(stream->Next(limits, {}));
  EXPECT_TRUE(round.items.empty());
  EXPECT_TRUE(round.complete);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = stream->Next(limits, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::kCancelled);
}

TEST_F(ServerTest, StopEndsAWaitingStreamAtOnce) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  auto stream = Must(source.Follow(backfill.position, Followed(backfill)));
  const RoundLimits patient{1UL << 20U, std::chrono::seconds(60), std::chrono::seconds(60)};
  std::stop_source stop;
  auto waiting =
      std::async(std::launch::async, [&] { return stream->Next(patient, stop.get_token()); });
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  const auto asked = std::chrono::steady_clock::now();
  stop.request_stop();
  const auto result = waiting.get();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds(200));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kCancelled);
}

TEST_F(ServerTest, RowsLargerThanOnePacketArriveWhole) {
  Sql("CREATE TABLE big (id INT PRIMARY KEY, v LONGBLOB)");
  MysqlSource source = Open();
  const Backfill before = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO big VALUES (1, REPEAT('x', 7000000)), (2, REPEAT('y', 8000000)), (3, 'z')");
  Sql("UPDATE big SET v = CONCAT(v, v) WHERE id = 1");
  Sql("UPDATE big SET v = REPEAT('w', 15000000) WHERE id = 2");
  auto stream = Must(source.Follow(before.position, Followed(before)));
  const std::vector<std::string> lines = Follow(*stream, 5);
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[3].size(), std::string("big u 1| -> 1|").size() + 21'000'000);
}

TEST_F(ServerTest, TimeOfTheStatementFillsAddedColumns) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  auto stream = Must(source.Follow(backfill.position, Followed(backfill)));
  Sql("INSERT INTO t VALUES (1)");
  Sql("SET time_zone = '+05:30'");
  Sql("ALTER TABLE t ADD a DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6), "
      "ADD b TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6)");
  Sql("SET time_zone = '+00:00'");
  const std::vector<SqlRow> rows = Must(root_->Query("SELECT a, b FROM t", 2));
  std::vector<ColumnChange> changes;
  for (int i = 0; i < 20 && changes.empty(); ++i) {
    const RoundLimits limits{1UL << 20U, std::chrono::milliseconds(10),
                             std::chrono::milliseconds(200)};
    const CaptureRound round = Must(stream->Next(limits, {}));
    for (const CaptureItem& item : round.items) {
      if (const auto* change = std::get_if<SchemaChange>(&item)) changes = change->columns;
    }
  }
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(std::get<ColumnAdded>(changes[0]).existing_rows_get, rows[0][0]);
  EXPECT_EQ(std::get<ColumnAdded>(changes[1]).existing_rows_get, rows[0][1]);
}

TEST_F(ServerTest, DoctorFindsNothingToFailOnAFitServer) {
  Sql("CREATE TABLE parent (id INT PRIMARY KEY)");
  Sql("CREATE TABLE child (id INT, p INT, FOREIGN KEY (p) REFERENCES parent (id) "
      "ON DELETE CASCADE)");
  MysqlSource source = Open();
  const std::vector<ServerCheck> checks = Must(source.Check());
  EXPECT_TRUE(FirstFailure(checks));
  std::map<std::string, CheckOutcome> outcomes;
  for (const ServerCheck& check : checks) outcomes[check.name] = check.outcome;
  EXPECT_EQ(outcomes.at("tables without a key"), CheckOutcome::kWarning);
  const bool cascades_logged = root_->version().MysqlSince(9, 6);
  EXPECT_EQ(outcomes.at("foreign keys that cascade"),
            cascades_logged ? CheckOutcome::kOk : CheckOutcome::kWarning);
}

TEST_F(ServerTest, UnfitTablesAreRefusedWithTheirNames) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY, _SEQ INT)");
  MysqlSource source = Open();
  const auto reserved = source.BeginBackfill(1, SourceEpoch(0));
  ASSERT_FALSE(reserved);
  EXPECT_EQ(reserved.error().code, ErrorCode::kReservedColumnName);
  EXPECT_NE(reserved.error().message.find(".t._SEQ"), std::string::npos);
  Sql("DROP TABLE t");
  const auto none = source.BeginBackfill(1, SourceEpoch(0));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNoTableMatches);
}

TEST_F(ServerTest, PurgedPositionIsRefused) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO t VALUES (1)");
  Sql(mariadb() ? "FLUSH BINARY LOGS DELETE_DOMAIN_ID=()" : "FLUSH BINARY LOGS");
  Sql("INSERT INTO t VALUES (2)");
  // A log that a stream of another test still reads is not purged at once.
  const std::string last = Must(CurrentPosition(*root_)).file;
  for (int i = 0; i < 50 && Must(root_->QueryValue("SHOW BINARY LOGS")) != last; ++i) {
    Sql(fmt::format("PURGE BINARY LOGS TO '{}'", last));
    Sql("DO SLEEP(0.1)");
  }
  auto stream = source.Follow(backfill.position, Followed(backfill));
  if (stream) {
    const auto round = (*stream)->Next({}, {});
    ASSERT_FALSE(round);
    EXPECT_EQ(round.error().code, ErrorCode::kBinlogPurged) << round.error().ToString();
  } else {
    EXPECT_EQ(stream.error().code, ErrorCode::kBinlogPurged) << stream.error().ToString();
  }
}

TEST_F(ServerTest, RetentionCountsFromTheEndOfTheFile) {
  Sql("SET GLOBAL binlog_expire_logs_seconds = 7200");
  const SourcePosition early = Must(CurrentPosition(*root_));
  ServerWatch watch(Options(database_), clock_, std::random_device{}() | 1U);
  const ServerSighting open = Must(watch.Look(early));
  EXPECT_EQ(open.retention_left_seconds, 7200);
  EXPECT_LT(std::abs(open.clock_ahead_seconds), 1);
  Sql("DO SLEEP(2)");
  Sql("FLUSH BINARY LOGS");
  Sql("DO SLEEP(2)");
  const double left = Must(watch.Look(early)).retention_left_seconds.value_or(-1);
  EXPECT_LE(left, 7198);
  EXPECT_GT(left, 7170);
  Sql("SET GLOBAL binlog_expire_logs_seconds = 0");
  EXPECT_EQ(Must(watch.Look(early)).retention_left_seconds,
            std::numeric_limits<double>::infinity());
  SourcePosition elsewhere = early;
  elsewhere.server = "another server";
  EXPECT_EQ(Must(watch.Look(elsewhere)).retention_left_seconds, std::nullopt);
  SourcePosition gone = early;
  gone.file = early.file.substr(0, early.file.rfind('.')) + ".000000";
  EXPECT_EQ(Must(watch.Look(gone)).retention_left_seconds, 0);
}

TEST_F(ServerTest, PositionThatTheServerNeverHadIsRefused) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  SourcePosition position = backfill.position;
  position.gtid_set = mariadb() ? "0-1-999999999" : position.server + ":1-999999999";
  const auto stream = source.Follow(position, Followed(backfill));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::kSourceReplaced) << stream.error().ToString();
}

}  // namespace
}  // namespace foreset::mysql
