// SPDX-License-Identifier: MIT
#include "foreset/pipeline/pipeline.h"

#include <atomic>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/pipeline/testing/scripted_lake_testing.h"
#include "foreset/pipeline/testing/scripted_source.h"

namespace foreset::pipeline {
namespace {

using Lake = testing::ScriptedLake;
using testing::ScriptedSource;
using testing::ScriptedTransaction;

// A small shop with inserts, updates, deletes, re-inserts and two changes of one key in one
// transaction.
ScriptedSource Shop() {
  const auto insert = [](std::string t, int id, std::string v) {
    return testing::ScriptedChange{std::move(t), Operation::kInsert, id, std::move(v)};
  };
  const auto update = [](std::string t, int id, std::string v) {
    return testing::ScriptedChange{std::move(t), Operation::kUpdate, id, std::move(v)};
  };
  const auto erase = [](std::string t, int id) {
    return testing::ScriptedChange{std::move(t), Operation::kDelete, id, {}};
  };
  std::vector<ScriptedTransaction> script = {
      {insert("A", 1, "one"), insert("A", 2, "two"), insert("A", 3, "three")},
      {insert("B", 1, "b")},
      // the first copy is made here
      {update("A", 1, "uno"), update("A", 1, "eins"), insert("B", 2, "bb")},
      {erase("A", 2), insert("A", 2, "zwei"), erase("B", 1)},
      {insert("A", 4, "four"), erase("A", 3)},
      {erase("A", 4), insert("B", 3, "bbb"), update("B", 3, "BBB")},
  };
  return {{"A", "B"}, std::move(script), 2};
}

class Pipeline : public ::testing::TestWithParam<lake::TableFormat> {};

INSTANTIATE_TEST_SUITE_P(Formats, Pipeline,
                         ::testing::Values(lake::TableFormat::kDelta, lake::TableFormat::kParquet),
                         [](const auto& tested) {
                           return tested.param == lake::TableFormat::kDelta ? "Delta" : "Parquet";
                         });

TEST_P(Pipeline, CopiesAndFollows) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  lake.ExpectEquals(source);
  EXPECT_EQ(
      lake.Rows("gold/A_history", {"id", "_op", "value"}),
      (std::multiset<std::string>{"1|SNAPSHOT|one", "2|SNAPSHOT|two", "3|SNAPSHOT|three",
                                  "1|UPDATE|uno", "1|UPDATE|eins", "2|DELETE|two", "2|INSERT|zwei",
                                  "4|INSERT|four", "3|DELETE|three", "4|DELETE|four"}));
}

// Enough tables and rows that both readers and both workers are at work at the same time, while
// somebody looks at the status all along: for the thread sanitizer.
TEST_P(Pipeline, ReadersWorkersAndWhoWatchesThemDoNotHinderEachOther) {
  const std::vector<std::string> tables = {"A", "B", "C", "D"};
  std::vector<ScriptedTransaction> script(40);
  for (int i = 0; i < 40; ++i) {
    for (const std::string& table : tables) {
      script[i].push_back({table, Operation::kInsert, i, "first"});
      if (i > 0) script[i].push_back({table, Operation::kUpdate, i - 1, "second"});
      if (i > 1) script[i].push_back({table, Operation::kDelete, i - 2, {}});
    }
  }
  ScriptedSource source(tables, std::move(script), 20);
  Lake lake(GetParam());
  StatusBoard board;
  std::size_t seen = 0;
  std::jthread watcher([&](const std::stop_token& over) {
    while (!over.stop_requested()) {
      const auto status = board.Read();
      for (const auto& [id, table] : status->tables) seen += table.changes;
      std::this_thread::yield();
    }
  });
  const Status ran =
      RunPipeline(source, lake.Opened(), lake.options(), RunUntil::kCurrent, board, {});
  watcher.request_stop();
  watcher.join();
  ASSERT_TRUE(ran) << ran.error().ToString();
  EXPECT_GT(seen, 0U);
  for (const std::string& table : tables) lake.ExpectRows(source, table);
}

// Passes on to another reader; its second chunk breaks off after the first rows of it.
class BreakingReader final : public BackfillReader {
 public:
  BreakingReader(std::unique_ptr<BackfillReader> reader, std::atomic<int>& chunks)
      : reader_(std::move(reader)), chunks_(chunks) {}

  Result<BackfillCursor> ReadChunk(std::shared_ptr<const TableSchema> schema,
                                   const BackfillCursor& from, std::size_t max_rows,
                                   const Sink& sink, const std::stop_token& stop) override {
    auto read = reader_->ReadChunk(std::move(schema), from, max_rows, sink, stop);
    if (++chunks_ != 2) return read;
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable, "the connection broke");
  }

 private:
  std::unique_ptr<BackfillReader> reader_;
  std::atomic<int>& chunks_;
};

class BreakingSource final : public Source {
 public:
  explicit BreakingSource(ScriptedSource& source) : source_(source) {}

  Result<SourceDescription> Describe() override { return source_.Describe(); }
  Result<std::vector<TableId>> ListTables() override { return source_.ListTables(); }
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override {
    Backfill backfill = TRY(source_.BeginBackfill(readers, epoch));
    for (auto& reader : backfill.readers) {
      reader = std::make_unique<BreakingReader>(std::move(reader), chunks_);
    }
    return backfill;
  }
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override {
    return source_.Follow(from, std::move(tables));
  }

 private:
  ScriptedSource& source_;
  std::atomic<int> chunks_ = 0;  // of all readers
};

TEST_P(Pipeline, AConnectionThatBreaksInTheBackfillIsMadeAnew) {
  ScriptedSource source = Shop();
  BreakingSource breaking(source);
  Lake lake(GetParam());
  const Status ran = lake.Run(breaking);
  ASSERT_TRUE(ran) << ran.error().ToString();
  lake.ExpectEquals(source);
}

// Goes away after the copy, and is back at the eleventh attempt to follow it.
class AwaySource final : public Source {
 public:
  explicit AwaySource(ScriptedSource& source) : source_(source) {}

  Result<SourceDescription> Describe() override { return source_.Describe(); }
  Result<std::vector<TableId>> ListTables() override { return source_.ListTables(); }
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override {
    return source_.BeginBackfill(readers, epoch);
  }
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override {
    if (++attempts_ > 10) return source_.Follow(from, std::move(tables));
    return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable, "the host is down");
  }

  int attempts() const { return attempts_; }

 private:
  ScriptedSource& source_;
  int attempts_ = 0;
};

TEST_P(Pipeline, ARunThatEndsGivesUpASourceThatStaysAway) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  AwaySource away(source);
  lake.options().patience = std::chrono::milliseconds(0);
  const Status ran = lake.Run(away);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kSourceUnreachable) << ran.error().ToString();
  EXPECT_EQ(away.attempts(), 1);
}

TEST_P(Pipeline, WithoutPatienceASourceIsWaitedFor) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  AwaySource away(source);
  const Status ran = lake.Run(away);
  ASSERT_TRUE(ran) << ran.error().ToString();
  EXPECT_GT(away.attempts(), 10);
  lake.ExpectEquals(source);
}

TEST_P(Pipeline, RunningAgainChangesNothing) {
  ScriptedSource source = Shop();
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  const auto again = lake.Run(source);
  ASSERT_TRUE(again) << again.error().ToString();
  lake.ExpectEquals(source);
}

// A crash before or after each durable step. What is before one step is after the one before it.
TEST_P(Pipeline, CrashAtEveryDurableStepLosesAndRepeatsNothing) {
  int steps = 0;
  {
    ScriptedSource source = Shop();
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  ASSERT_GT(steps, 40);
  for (int step = 1; step <= steps; ++step) {
    const Fault fault = step % 2 == 0 ? Fault::kCrashBefore : Fault::kCrashAfter;
    SCOPED_TRACE(std::to_string(step) + (fault == Fault::kCrashBefore ? " before" : " after"));
    ScriptedSource source = Shop();
    Lake lake(GetParam());
    lake.faults().FailStep(step, fault);
    (void)lake.Run(source);
    lake.faults().Recover();
    lake.ExpectPlainReadersSee(false);
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    lake.ExpectEquals(source);
    lake.ExpectPlainReadersSee(true);
    if (HasFailure()) return;
  }
}

// A reply that is lost after its effect is settled by reading back; the run goes on by itself.
TEST_P(Pipeline, LostRepliesAreSettledByReadingBack) {
  int steps = 0;
  {
    ScriptedSource source = Shop();
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  for (int step = 1; step <= steps; step += 2) {
    SCOPED_TRACE(step);
    ScriptedSource source = Shop();
    Lake lake(GetParam());
    lake.faults().FailStep(step, Fault::kLostAfter);
    (void)lake.Run(source);
    lake.faults().Recover();
    lake.ExpectPlainReadersSee(false);
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    lake.ExpectEquals(source);
    lake.ExpectPlainReadersSee(true);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace foreset::pipeline
