// SPDX-License-Identifier: MIT
// A table's name comes to stand for other rows, stops, is dropped, made again, left out, reset: the
// others lose and repeat nothing, and it goes on as soon as it can.

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/table_life.h"
#include "foreset/pipeline/testing/scripted_lake_testing.h"
#include "foreset/pipeline/testing/scripted_source.h"

namespace foreset::pipeline {
namespace {

using Lake = testing::ScriptedLake;
using testing::ScriptedChange;
using testing::ScriptedSource;
using testing::ScriptedTransaction;

ScriptedChange Insert(std::string table, int id, std::string value) {
  return {.table = std::move(table),
          .operation = Operation::kInsert,
          .id = id,
          .value = std::move(value),
          .statement = {},
          .reason = {},
          .rows = {}};
}
ScriptedChange Update(std::string table, int id, std::string value) {
  ScriptedChange change = Insert(std::move(table), id, std::move(value));
  change.operation = Operation::kUpdate;
  return change;
}
ScriptedTransaction Statement(std::string table, SchemaChangeKind kind,
                              std::map<int, std::string> rows = {}) {
  ScriptedChange change = Insert(std::move(table), 0, "");
  change.statement = kind;
  for (const auto& [id, value] : rows) change.rows[id] = value;
  return {change};
}
ScriptedTransaction Stop(std::string table, Error why) {
  ScriptedTransaction statement = Statement(std::move(table), SchemaChangeKind::kAlter);
  statement.front().reason = std::move(why);
  return statement;
}
Error Incompatible() {
  return {ErrorKind::kInvalidInput, ErrorCode::kIncompatibleSchemaChange, "does not fit", {}};
}

// A and B are copied; then changes of both come with `between` in the middle.
ScriptedSource Shop(const std::vector<ScriptedTransaction>& between) {
  std::vector<ScriptedTransaction> script = {
      {Insert("A", 1, "one"), Insert("A", 2, "two"), Insert("B", 1, "b")},
      {Update("A", 1, "uno"), Insert("B", 2, "bb")},
  };
  script.insert(script.end(), between.begin(), between.end());
  script.push_back({Update("A", 1, "eins"), Update("B", 1, "BB")});
  script.push_back({Insert("A", 7, "seven"), Insert("B", 7, "seven")});
  return {{"A", "B"}, std::move(script), 1};
}

ScriptedSource Swapped() {
  return Shop({{Insert("B", 3, "bbb")},
               Statement("A", SchemaChangeKind::kReplace, {{1, "I"}, {5, "V"}}),
               {Update("A", 5, "five"), Insert("B", 4, "bbbb")}});
}

std::optional<Error> StoppedOf(const Lake& lake, const std::string& table) {
  return lake.status()->tables.at({"shop", table}).stopped;
}

void ExpectOthersWhole(Lake& lake, const ScriptedSource& source) {
  lake.ExpectRows(source, "B");
  EXPECT_EQ(lake.Rows("bronze/B", {"_seq"}).size(),
            source.ChangesOf("B") + source.BackfilledRowsOf("B"));
}

class TableLives : public ::testing::TestWithParam<lake::TableFormat> {};

INSTANTIATE_TEST_SUITE_P(Formats, TableLives,
                         ::testing::Values(lake::TableFormat::kDelta, lake::TableFormat::kParquet),
                         [](const auto& tested) {
                           return tested.param == lake::TableFormat::kDelta ? "Delta" : "Parquet";
                         });

TEST_P(TableLives, ANameThatStandsForOtherRowsIsCopiedAnewWhileTheOthersGoOn) {
  ScriptedSource source = Swapped();
  Lake lake(GetParam());
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  lake.ExpectRows(source, "A");
  ExpectOthersWhole(lake, source);
  EXPECT_FALSE(StoppedOf(lake, "A"));
  EXPECT_EQ(lake.Rows("bronze/A", {"_op"}).count("r"), 2U) << "of the former life nothing is left";
  ASSERT_TRUE(lake.Run(source));
  lake.ExpectRows(source, "A");
  ExpectOthersWhole(lake, source);
}

TEST_P(TableLives, ACrashAtAnyStepOfACopyAnewLosesAndRepeatsNothing) {
  int steps = 0;
  {
    ScriptedSource source = Swapped();
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  // Odd strides: both kinds of crash come to pass.
  for (int step = 20; step <= steps; step += 3) {
    const Fault fault = step % 2 == 0 ? Fault::kCrashBefore : Fault::kCrashAfter;
    SCOPED_TRACE(std::to_string(step) + (fault == Fault::kCrashBefore ? " before" : " after"));
    ScriptedSource source = Swapped();
    Lake lake(GetParam());
    lake.faults().FailStep(step, fault);
    (void)lake.Run(source);
    lake.faults().Recover();
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    lake.ExpectRows(source, "A");
    ExpectOthersWhole(lake, source);
    if (HasFailure()) return;
  }
}

TEST_P(TableLives, RowsUnderANameThatNobodySawMadeAreCopied) {
  ScriptedSource source = Shop({Statement("C", SchemaChangeKind::kReplace, {{1, "c"}})});
  source.Add({Insert("C", 2, "cc")});
  ScriptedSource with_c({"A", "B", "C"}, {}, 0);
  Lake lake(GetParam());
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString() << ": no table of the source";
  ExpectOthersWhole(lake, source);
  EXPECT_FALSE(lake.status()->tables.contains({"shop", "C"}));
}

TEST_P(TableLives, AStopKeepsItsCodeAndReasonAndTheOthersGoOn) {
  ScriptedSource source = Shop({Stop("A", Incompatible())});
  Lake lake(GetParam());
  for (int run = 0; run < 2; ++run) {
    ASSERT_TRUE(lake.Run(source));
    ASSERT_TRUE(StoppedOf(lake, "A"));
    EXPECT_EQ(StoppedOf(lake, "A")->code, ErrorCode::kIncompatibleSchemaChange);
    EXPECT_EQ(StoppedOf(lake, "A")->message, "does not fit");
    ExpectOthersWhole(lake, source);
    // What came before the stop is in all layers.
    EXPECT_EQ(lake.Rows("silver/A", {"id", "value"}),
              (std::multiset<std::string>{"1|uno", "2|two"}));
  }
}

TEST_P(TableLives, AResetOfBronzeCopiesAStoppedTableAnew) {
  ScriptedSource source = Shop({Stop("A", Incompatible())});
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  ASSERT_TRUE(lake.Reset("A"));
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  EXPECT_FALSE(StoppedOf(lake, "A"));
  source.Add({Insert("A", 9, "nine"), Insert("B", 9, "nine")});
  ASSERT_TRUE(lake.Run(source));
  lake.ExpectRows(source, "A");
  ExpectOthersWhole(lake, source);
}

TEST_P(TableLives, AStoppedTableThatIsLeftOutDoesNotCount) {
  ScriptedSource source = Shop({Stop("A", Incompatible())});
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  source.LeaveOut("A");
  ASSERT_TRUE(lake.Run(source));
  EXPECT_FALSE(StoppedOf(lake, "A"));
  EXPECT_EQ(lake.status()->tables.at({"shop", "A"}).phase, TablePhase::kLeftOut);
  ExpectOthersWhole(lake, source);
}

TEST_P(TableLives, ATableThatWasLeftOutForAWhileIsCopiedAnew) {
  for (const int runs : {1, 2}) {
    SCOPED_TRACE(runs);
    ScriptedSource source = Shop({});
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    const auto before = lake.Rows("silver/A", {"id", "value"});
    source.LeaveOut("A");
    for (int run = 0; run < runs; ++run) {
      source.Add({Update("A", 1, "passed"), Insert("B", 50 + run, "b")});
      ASSERT_TRUE(lake.Run(source));
      EXPECT_EQ(lake.status()->tables.at({"shop", "A"}).phase, TablePhase::kLeftOut);
      EXPECT_EQ(lake.Rows("silver/A", {"id", "value"}), before) << "it keeps the rows that it had";
      ExpectOthersWhole(lake, source);
    }
    source.Name("A");
    source.Add({Insert("A", 9, "nine"), Insert("B", 9, "nine")});
    for (int run = 0; run < 2; ++run) {
      const Status ran = lake.Run(source);
      ASSERT_TRUE(ran) << ran.error().ToString();
      lake.ExpectRows(source, "A");
      ExpectOthersWhole(lake, source);
    }
    const auto copied = lake.Rows("bronze/A", {"_seq"});
    ASSERT_TRUE(lake.Run(source));
    EXPECT_EQ(lake.Rows("bronze/A", {"_seq"}), copied) << "once is enough";
  }
}

// A kept copy of what the source has no more is not taken away.
TEST_P(TableLives, ADroppedTableThatWasLeftOutForAWhileStaysAsItIs) {
  ScriptedSource source = Shop({Statement("C", SchemaChangeKind::kCreate)});
  source.Add({Insert("C", 1, "c")});
  source.Add(Statement("C", SchemaChangeKind::kDrop));
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  const auto before = lake.Rows("bronze/C", {"_seq"});
  source.LeaveOut("C");
  ASSERT_TRUE(lake.Run(source));
  source = Shop({Statement("C", SchemaChangeKind::kCreate)});
  source.Add({Insert("C", 1, "c")});
  source.Add(Statement("C", SchemaChangeKind::kDrop));
  for (int run = 0; run < 2; ++run) {
    ASSERT_TRUE(lake.Run(source));
    EXPECT_EQ(lake.Rows("bronze/C", {"_seq"}), before);
  }
}

// In the run that saw the stop, and in a later one, which is not told the DROP.
TEST_P(TableLives, DropAndCreateBeginAStoppedTableAnew) {
  for (const bool later : {false, true}) {
    SCOPED_TRACE(later ? "in a later run" : "in the same run");
    ScriptedSource source = Shop({Stop("A", Incompatible())});
    Lake lake(GetParam());
    if (later) {
      ASSERT_TRUE(lake.Run(source));
    } else {
      source.Add(Statement("A", SchemaChangeKind::kDrop));
    }
    source.Add(Statement("A", SchemaChangeKind::kCreate));
    source.Add({Insert("A", 1, "new"), Insert("B", 8, "eight")});
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    EXPECT_FALSE(StoppedOf(lake, "A"));
    lake.ExpectRows(source, "A");
    ExpectOthersWhole(lake, source);
    source.Add({Insert("A", 2, "more")});
    ASSERT_TRUE(lake.Run(source));
    lake.ExpectRows(source, "A");
  }
}

// Renamed away and back, in one run or in two; then a change of the table that came back.
TEST_P(TableLives, AStoppedTableThatIsRenamedAwayAndBackIsCopiedAnew) {
  for (const bool between : {false, true}) {
    SCOPED_TRACE(between ? "with a run between the renames" : "in one run");
    ScriptedSource source = Shop({Stop("A", Incompatible())});
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    source.Add(Statement("A", SchemaChangeKind::kDrop));
    if (between) {
      ASSERT_TRUE(lake.Run(source));
    }
    source.Add(Statement("A", SchemaChangeKind::kReplace, {{1, "I"}, {4, "IV"}}));
    source.Add({Insert("B", 8, "eight")});
    for (int run = 0; run < 2; ++run) {
      const Status ran = lake.Run(source);
      ASSERT_TRUE(ran) << ran.error().ToString();
      EXPECT_FALSE(StoppedOf(lake, "A"));
      lake.ExpectRows(source, "A");
      ExpectOthersWhole(lake, source);
      source.Add({Insert("A", 5 + run, "V")});
    }
  }
}

TEST_P(TableLives, AStoppedTableInWhosePlaceAnotherComesIsCopiedAnew) {
  ScriptedSource source =
      Shop({Stop("A", Incompatible()), Statement("A", SchemaChangeKind::kReplace, {{1, "I"}})});
  Lake lake(GetParam());
  const Status ran = lake.Run(source);
  ASSERT_TRUE(ran) << ran.error().ToString();
  EXPECT_FALSE(StoppedOf(lake, "A"));
  lake.ExpectRows(source, "A");
  ExpectOthersWhole(lake, source);
}

TEST_P(TableLives, AForeignChangeOfOneBronzeTableStopsThatTableAlone) {
  ScriptedSource source = Shop({});
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  ASSERT_TRUE(lake.CommitForeignly("bronze/A"));
  source.Add({Insert("A", 9, "nine"), Insert("B", 9, "nine")});
  for (int run = 0; run < 2; ++run) {
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    ASSERT_TRUE(StoppedOf(lake, "A"));
    EXPECT_EQ(StoppedOf(lake, "A")->code, ErrorCode::kForeignChange);
    ExpectOthersWhole(lake, source);
  }
  ASSERT_TRUE(lake.Reset("A"));
  ASSERT_TRUE(lake.Run(source));
  lake.ExpectRows(source, "A");
}

TEST_P(TableLives, AChangeWithoutASchemaIsABrokenPromiseOfThatTable) {
  ScriptedTransaction nothing = Statement("A", SchemaChangeKind::kAlter);
  nothing.front().has_schema = false;
  ScriptedSource source = Shop({nothing});
  Lake lake(GetParam());
  ASSERT_TRUE(lake.Run(source));
  ASSERT_TRUE(StoppedOf(lake, "A"));
  EXPECT_EQ(StoppedOf(lake, "A")->code, ErrorCode::kInternal);
  EXPECT_NE(StoppedOf(lake, "A")->message.find("shop.A"), std::string::npos);
  ExpectOthersWhole(lake, source);
}

// Else the winner's table would begin with what the loser has put on record, later than its rows.
TEST_P(TableLives, WhoFindsATableMadeByAnotherPutsNoBeginningOnRecord) {
  Lake lake(GetParam());
  const auto winner = BronzeCatalog::OpenToWrite(lake.Opened()).value();
  const auto loser = BronzeCatalog::OpenToWrite(lake.Opened()).value();
  const ScriptedSource source = Shop({});
  const TableSchema schema = *source.SchemaOf("A");
  const auto begun = winner->Begin(schema, source.PositionAfter(1), "");
  ASSERT_TRUE(begun) << begun.error().ToString();
  const auto refused = loser->Begin(schema, source.PositionAfter(2), "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLakeLocked);
  const auto read = BronzeCatalog::Open(lake.Opened()).value();
  const auto changes = read->SchemaChangesOf({"shop", "A"});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes.front().sequence, source.PositionAfter(1).Floor());
}

// Remembers what it was asked to follow.
class WatchedSource final : public Source {
 public:
  explicit WatchedSource(ScriptedSource& source) : source_(source) {}

  Result<SourceDescription> Describe() override { return source_.Describe(); }
  Result<std::vector<TableId>> ListTables() override { return source_.ListTables(); }
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override {
    return source_.BeginBackfill(readers, epoch);
  }
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override {
    followed = tables;
    return source_.Follow(from, std::move(tables));
  }

  std::vector<FollowedTable> followed;

 private:
  ScriptedSource& source_;
};

// Told again, its CREATE would give it another version of its schema than it has.
TEST_P(TableLives, ATableThatWasSeenBeingMadeIsNotToldSoAgainAfterACrash) {
  ScriptedSource shop = Shop({Statement("C", SchemaChangeKind::kCreate)});
  const Sequence made(0, 1, shop.PositionAfter(2).offset + 100, 0, Operation::kTruncate);
  shop.Add({Insert("C", 1, "c")});
  int steps = 0;
  {
    ScriptedSource source = shop;
    Lake lake(GetParam());
    ASSERT_TRUE(lake.Run(source));
    steps = lake.faults().steps();
  }
  int found = 0;
  for (int step = 20; step <= steps; step += 3) {
    SCOPED_TRACE(step);
    ScriptedSource source = shop;
    Lake lake(GetParam());
    lake.faults().FailStep(step, Fault::kCrashAfter);
    (void)lake.Run(source);
    lake.faults().Recover();
    WatchedSource watched(source);
    ASSERT_TRUE(lake.Run(watched));
    for (const FollowedTable& table : watched.followed) {
      if (table.schema->id.table != "C") continue;
      ++found;
      EXPECT_GT(table.after, made);
    }
    lake.ExpectRows(source, "C");
    if (HasFailure()) return;
  }
  EXPECT_GT(found, 0);
}

SchemaChange Change(SchemaChangeKind kind, std::uint64_t at) {
  SchemaChange change;
  change.kind = kind;
  change.table = {"shop", "T"};
  change.sequence = Sequence(0, 1, at, 0, Operation::kTruncate);
  if (kind == SchemaChangeKind::kCreate || kind == SchemaChangeKind::kAlter) {
    change.after = std::make_shared<const TableSchema>();
  }
  return change;
}

TEST(TableLifeTest, NothingOfAFormerLifeAppliesToTheNext) {
  SchemaChange stop = Change(SchemaChangeKind::kAlter, 300);
  stop.cannot_follow = Incompatible();
  const std::vector<lake::RecordedChange> recorded = {
      {lake::LifeNumber(1), Change(SchemaChangeKind::kCreate, 100)},
      {lake::LifeNumber(1), Change(SchemaChangeKind::kAlter, 200)},
      {lake::LifeNumber(1), stop},
      {lake::LifeNumber(2), Change(SchemaChangeKind::kCreate, 100)},
  };
  const TableLife life = LivesOf(recorded).at({"shop", "T"});
  EXPECT_EQ(life.number, lake::LifeNumber(2));
  EXPECT_EQ(life.changes.size(), 1U);
  EXPECT_FALSE(life.stopped);
  EXPECT_FALSE(life.Has(Change(SchemaChangeKind::kAlter, 200)));
}

TableLife StoppedLife() {
  TableLife life;
  life.Add(Change(SchemaChangeKind::kCreate, 100));
  SchemaChange stop = Change(SchemaChangeKind::kAlter, 200);
  stop.cannot_follow = Incompatible();
  life.Add(stop);
  return life;
}

TEST(TableLifeTest, AStoppedNameThatComesToStandForOtherRowsIsReplaced) {
  for (const bool dropped : {false, true}) {
    TableLife life = StoppedLife();
    if (dropped) life.Add(Change(SchemaChangeKind::kDrop, 300));
    life.Add(Change(SchemaChangeKind::kReplace, 400));
    EXPECT_TRUE(life.replaced);
    EXPECT_FALSE(life.stopped);
    EXPECT_FALSE(life.dropped);
    EXPECT_EQ(life.ended, Change(SchemaChangeKind::kReplace, 400).sequence);
  }
}

TEST(TableLifeTest, TheFirstReasonOfAStopStaysUntilTheTableIsDropped) {
  SchemaChange again = Change(SchemaChangeKind::kReplace, 400);
  again.cannot_follow = NotFollowed("again");
  TableLife life = StoppedLife();
  life.Add(again);
  EXPECT_EQ(life.stopped->code, ErrorCode::kIncompatibleSchemaChange);
  life.Add(Change(SchemaChangeKind::kDrop, 500));
  again.sequence = Change(SchemaChangeKind::kReplace, 600).sequence;
  life.Add(again);
  ASSERT_TRUE(life.stopped) << "what came in its place cannot be followed either";
  EXPECT_EQ(life.stopped->code, again.cannot_follow->code);
}

TEST(TableLifeTest, ATableThatTheSourceDropsIsNoLongerStopped) {
  TableLife life = StoppedLife();
  EXPECT_TRUE(life.stopped);
  life.Add(Change(SchemaChangeKind::kDrop, 300));
  EXPECT_FALSE(life.stopped);
  EXPECT_TRUE(life.over()) << "what comes is not this life's";
}

}  // namespace
}  // namespace foreset::pipeline
