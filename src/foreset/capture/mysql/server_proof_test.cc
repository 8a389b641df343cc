// SPDX-License-Identifier: MIT
// Connections to a running server, and whether it is the one that was captured. As server_test.cc.
#include <chrono>
#include <functional>
#include <future>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>

#include "foreset/base/errors/source.h"
#include "foreset/capture/mysql/server_testing.h"
#include "foreset/capture/mysql/server_watch.h"

namespace foreset::mysql {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the fixture's words

// What was captured before a position, after some transactions.
SourcePosition AfterSome(MysqlSource& source, const Backfill& backfill,
                         std::vector<FollowedTable> tables) {
  auto stream = Must(source.Follow(backfill.position, std::move(tables)));
  SourcePosition end;
  for (int i = 0; i < 40 && end.newest.end == 0; ++i) {
    end = Must(stream->Next({}, {})).end;
  }
  return end;
}

TEST_F(ServerTest, TheNewestTransactionProvesTheSource) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  EXPECT_NE(backfill.position.newest.file_begun, 0U);
  Sql("INSERT INTO t VALUES (1)");
  const SourcePosition end = AfterSome(source, backfill, Followed(backfill));
  EXPECT_FALSE(end.newest.gtid.empty());
  ServerWatch watch(Options(database_), clock_, std::random_device{}() | 1U);
  EXPECT_EQ(Must(watch.Prove(end)).unproved, "");
  EXPECT_EQ(Must(watch.Prove(backfill.position)).unproved, "");
  SourcePosition unknown = end;
  unknown.newest = {};
  const SourceProof taken = Must(watch.Prove(unknown));
  EXPECT_NE(taken.unproved, "");
  EXPECT_EQ(taken.newest.file_begun, end.newest.file_begun);
}

TEST_F(ServerTest, AnotherTransactionInItsPlaceIsAContradiction) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO t VALUES (1)");
  const SourcePosition end = AfterSome(source, backfill, Followed(backfill));
  ServerWatch watch(Options(database_), clock_, std::random_device{}() | 1U);
  const std::vector<std::function<void(TransactionMark&)>> changes{
      [](TransactionMark& mark) { ++mark.checksum; },
      [](TransactionMark& mark) { --mark.file_begun; },
      [](TransactionMark& mark) { mark.gtid += "9"; },
      [](TransactionMark& mark) { mark.begin += 3; },
      [](TransactionMark& mark) { mark.begin += 1U << 30U; },
      [](TransactionMark& mark) { mark.file = "binlog.999999"; },
      [](TransactionMark& mark) {
        mark.original_commit = Timestamp(mark.original_commit.value() - 1);
      }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SourcePosition other = end;
    changes[i](other.newest);
    const auto proof = watch.Prove(other);
    ASSERT_FALSE(proof) << i << ": " << proof->unproved;
    EXPECT_EQ(proof.error().code, ErrorCode::kSourceReplaced) << i << proof.error().ToString();
    EXPECT_FALSE(source.Follow(other, Followed(backfill))) << i;
  }
}

TEST_F(ServerTest, AnotherServerIsAskedForTheTransaction) {
  Sql("CREATE TABLE t (id INT PRIMARY KEY)");
  MysqlSource source = Open();
  const Backfill backfill = Must(source.BeginBackfill(1, SourceEpoch(0)));
  Sql("INSERT INTO t VALUES (1)");
  SourcePosition end = AfterSome(source, backfill, Followed(backfill));
  end.newest.server = "00000000-0000-0000-0000-00000000abcd";
  ServerWatch watch(Options(database_), clock_, std::random_device{}() | 1U);
  if (mariadb()) {
    EXPECT_NE(Must(watch.Prove(end)).unproved, "");
    return;
  }
  EXPECT_EQ(Must(watch.Prove(end)).unproved, "");
  end.newest.original_commit = Timestamp(end.newest.original_commit.value() - 1);
  const auto other = watch.Prove(end);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kSourceReplaced);
}

TEST_F(ServerTest, ALongStatementIsWaitedFor) {
  MysqlOptions options = Options(database_);
  options.silence_limit = std::chrono::seconds(1);
  Connection connection = Must(Connection::Open(options));
  EXPECT_EQ(Must(connection.QueryValue("SELECT SLEEP(2.5)")), "0");
}

// A port behind which connections fall silent after some kilobytes.
MysqlOptions SilentOptions(const std::string& database, std::chrono::seconds limit) {
  MysqlOptions options = Options(database);
  options.port = static_cast<std::uint16_t>(std::stoi(Environment("FORESET_TEST_SILENT_PORT")));
  options.silence_limit = limit;
  return options;
}

Status AskUntilItFails(Connection& connection) {
  for (int i = 0; i < 1000; ++i) {
    RETURN_IF_ERROR(connection.QueryValue("SELECT REPEAT('x', 500)"));
  }
  return {};
}

TEST_F(ServerTest, AConnectionThatFallsSilentIsGivenUp) {
  Connection connection = Must(Connection::Open(SilentOptions(database_, std::chrono::seconds(1))));
  const Status asked = AskUntilItFails(connection);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().kind, ErrorKind::kTransient) << asked.error().ToString();
  Connection other = Must(Connection::Open(SilentOptions(database_, std::chrono::seconds(1))));
  const Status streamed = other.Stream("SELECT REPEAT('x', 500) FROM information_schema.COLUMNS", 1,
                                       [](const SqlRowView&) { return Status(); }, {});
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().kind, ErrorKind::kTransient) << streamed.error().ToString();
}

TEST_F(ServerTest, AStopEndsAWaitForASilentServer) {
  std::stop_source stop;
  MysqlOptions options = SilentOptions(database_, std::chrono::seconds(60));
  options.stop = stop.get_token();
  Connection connection = Must(Connection::Open(options));
  const auto stopped = std::async(std::launch::async, [&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop.request_stop();
  });
  const auto begun = clock_.Steady();
  const Status asked = AskUntilItFails(connection);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().kind, ErrorKind::kCancelled) << asked.error().ToString();
  EXPECT_LT(clock_.Steady() - begun, std::chrono::seconds(10));
}

TEST_F(ServerTest, AnAnswerOfAnotherWidthIsRefused) {
  for (const char* sql : {"SELECT 1", "DO 1"}) {
    const auto rows = root_->Query(sql, 2);
    ASSERT_FALSE(rows) << sql;
    EXPECT_EQ(rows.error().code, source_error::kAnswerMalformed);
    EXPECT_EQ(rows.error().kind, ErrorKind::kCorruption);
  }
  EXPECT_EQ(Must(root_->Query("SELECT 1, 2, 3", 2)).size(), 1U);
}

TEST_F(ServerTest, ThePasswordIsAskedForAtEachLogIn) {
  MysqlOptions options = Options(database_);
  int asked = 0;
  options.current_password = [&asked, password = options.password] {
    return ++asked == 1 ? Secret("of yesterday") : password;
  };
  EXPECT_FALSE(Connection::Open(options));
  EXPECT_TRUE(Connection::Open(options));
}

}  // namespace
}  // namespace foreset::mysql
