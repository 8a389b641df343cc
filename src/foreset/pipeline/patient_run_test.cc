// SPDX-License-Identifier: MIT
#include "foreset/pipeline/patient_run.h"

#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/pipeline/testing/scripted_lake_testing.h"
#include "foreset/pipeline/testing/scripted_source.h"

namespace foreset::pipeline {
namespace {

using Lake = testing::ScriptedLake;
using testing::ScriptedSource;

constexpr std::chrono::hours kLong{1};

// A first copy and changes behind it: the last ones of both tables in one round.
ScriptedSource Shop() {
  const auto change = [](std::string t, Operation operation, int id, std::string v) {
    return testing::ScriptedChange{std::move(t), operation, id, std::move(v)};
  };
  std::vector<testing::ScriptedTransaction> script = {
      {change("A", Operation::kInsert, 1, "one"), change("A", Operation::kInsert, 2, "two"),
       change("A", Operation::kInsert, 3, "three"), change("B", Operation::kInsert, 1, "b")},
      // the first copy is made here
      {change("A", Operation::kUpdate, 1, "uno"), change("B", Operation::kInsert, 2, "bb")},
      {change("A", Operation::kDelete, 2, ""), change("B", Operation::kDelete, 1, "")},
  };
  return {{"A", "B"}, std::move(script), 1};
}

// The same with tables that begin anew behind it.
ScriptedSource ShopWithStatements() {
  const auto statement = [](std::string t, SchemaChangeKind kind) {
    testing::ScriptedChange change;
    change.table = std::move(t);
    change.statement = kind;
    return change;
  };
  ScriptedSource source = Shop();
  testing::ScriptedChange stopped = statement("B", SchemaChangeKind::kAlter);
  stopped.reason =
      Error{ErrorKind::kInvalidInput, ErrorCode::kIncompatibleSchemaChange, "not followed", {}};
  source.Add({stopped});
  source.Add({statement("B", SchemaChangeKind::kCreate)});
  source.Add({{"B", Operation::kInsert, 7, "seven", {}, {}, true, {}}});
  testing::ScriptedChange swapped = statement("A", SchemaChangeKind::kReplace);
  swapped.rows = {{3, "drei"}, {8, "acht"}};
  source.Add({swapped});
  source.Add({{"A", Operation::kInsert, 9, "neun", {}, {}, true, {}}});
  return source;
}

// Runs a lake whose `call`-th call of the store fails, once.
void ExpectWaitedOut(Lake& lake, ScriptedSource& source, int call) {
  SCOPED_TRACE("call " + std::to_string(call));
  lake.options().patience = kLong;
  lake.faults().FailCall(call);
  const Status ran = lake.RunPatiently(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  const auto status = lake.status();
  for (const auto& [id, table] : status->tables) {
    EXPECT_FALSE(table.stopped) << id.ToString() << ": " << table.stopped->ToString();
  }
  for (const std::string table : {"A", "B"}) lake.ExpectRows(source, table);
}

class PatientRun : public ::testing::TestWithParam<lake::TableFormat> {
 protected:
  // Lets calls fail in turn, every `step`-th, that a run makes in which nothing fails, from the
  // first look at the place on. `before`: in a lake that has run before.
  static void FailCalls(ScriptedSource (*make)(), bool before, int step) {
    const int calls = Calls(make, before);
    ASSERT_GT(calls, 20);
    for (int call = 1; call <= calls && !HasFailure(); call += step) {
      Lake lake(GetParam());
      ScriptedSource source = make();
      const Status first = before ? lake.Run(source) : Status();
      ASSERT_TRUE(first);
      ExpectWaitedOut(lake, source, call);
    }
  }

 private:
  static int Calls(ScriptedSource (*make)(), bool before) {
    ScriptedSource source = make();
    Lake lake(GetParam());
    const Status first = before ? lake.Run(source) : Status();
    EXPECT_TRUE(first);
    const int done = lake.faults().calls();
    EXPECT_TRUE(lake.Run(source));
    return lake.faults().calls() - done;
  }
};

INSTANTIATE_TEST_SUITE_P(Formats, PatientRun,
                         ::testing::Values(lake::TableFormat::kDelta, lake::TableFormat::kParquet),
                         [](const auto& tested) {
                           return tested.param == lake::TableFormat::kDelta ? "Delta" : "Parquet";
                         });

// Delta and Parquet make other calls, so that together more than a share is walked.
TEST_P(PatientRun, OneFailedCallOfAFirstRunChangesNothing) { FailCalls(Shop, false, 5); }

TEST_P(PatientRun, OneFailedCallOfALaterRunChangesNothing) { FailCalls(Shop, true, 5); }

TEST_P(PatientRun, OneFailedCallAmongStatementsChangesNothing) {
  FailCalls(ShopWithStatements, false, 23);
}

// ---- how long it waits

class PatientRunWaits : public ::testing::Test {
 protected:
  PatientRunWaits() {
    options_.retry.first = options_.retry.longest = std::chrono::milliseconds(0);
    options_.patience = std::chrono::seconds(10);
  }

  // Fails `times` times; a second passes with each. The number of attempts.
  int Run(RunUntil until, Error error, int times) {
    int attempts = 0;
    ended_ = RunPatiently(options_, clock_, until, board_, stop_.get_token(), [&]() -> Status {
      if (attempts++ == times) return {};
      clock_.Advance(std::chrono::seconds(1));
      return std::unexpected(error);
    });
    return attempts;
  }

  ManualClock clock_{Timestamp(0)};
  PipelineOptions options_;
  StatusBoard board_;
  std::stop_source stop_;
  Status ended_;
  const Error away_{ErrorKind::kTransient, ErrorCode::kStorageIo, "away", {}};
  const Error source_away_{ErrorKind::kTransient, ErrorCode::kSourceUnreachable, "away", {}};
};

TEST_F(PatientRunWaits, ForTheLakeForEver) {
  EXPECT_EQ(Run(RunUntil::kStopped, away_, 1000), 1001);
  EXPECT_TRUE(ended_);
}

TEST_F(PatientRunWaits, ForTheLakeInARunThatEndsAsLongAsIsSaid) {
  EXPECT_EQ(Run(RunUntil::kCurrent, away_, 1000), 11);
  EXPECT_EQ(ended_.error(), away_);
}

TEST_F(PatientRunWaits, ForTheSourceAsLongAsIsSaid) {
  EXPECT_EQ(Run(RunUntil::kStopped, source_away_, 1000), 11);
  EXPECT_EQ(ended_.error(), source_away_);
  options_.patience.reset();
  EXPECT_EQ(Run(RunUntil::kStopped, source_away_, 1000), 1);
}

TEST_F(PatientRunWaits, NotForWhatCannotPass) {
  const Error locked{ErrorKind::kTransient, ErrorCode::kLakeLocked, "held", {}};
  EXPECT_EQ(Run(RunUntil::kStopped, locked, 1000), 1);
  const Error refused{ErrorKind::kInvalidInput, ErrorCode::kStorageAccess, "refused", {}};
  EXPECT_EQ(Run(RunUntil::kStopped, refused, 1000), 1);
  EXPECT_EQ(ended_.error(), refused);
}

TEST_F(PatientRunWaits, ProgressBeginsThePatienceAnew) {
  int attempts = 0;
  const Status ended = RunPatiently(
      options_, clock_, RunUntil::kCurrent, board_, stop_.get_token(), [&]() -> Status {
        if (attempts++ == 50) return {};
        clock_.Advance(std::chrono::seconds(1));
        board_.ChangeTable({"shop", "A"}, [](TableStatus& table) { ++table.bronze_batch; });
        return std::unexpected(away_);
      });
  EXPECT_TRUE(ended);
}

TEST_F(PatientRunWaits, ARequestedStopIsASuccess) {
  int attempts = 0;
  const Status ended = RunPatiently(options_, clock_, RunUntil::kStopped, board_, stop_.get_token(),
                                    [&]() -> Status {
                                      if (++attempts == 3) stop_.request_stop();
                                      return std::unexpected(away_);
                                    });
  EXPECT_TRUE(ended);
  EXPECT_EQ(attempts, 3);
}

}  // namespace
}  // namespace foreset::pipeline
