// SPDX-License-Identifier: MIT
// Names that come and go through bronze, silver and gold: what the layers say live, after a replay,
// and after a crash at every durable step.
#include <string>

#include <gtest/gtest.h>

#include "foreset/lake/schema_changes_table.h"
#include "foreset/lake/schema_testing.h"

namespace foreset::lake {
namespace {

class SchemaProperty : public LakeFixture {
 protected:
  struct Tables {
    std::unique_ptr<BronzeTable> bronze;
    std::unique_ptr<SchemaChangesTable> changes;
    std::unique_ptr<SilverTable> silver;
    std::unique_ptr<GoldDimension> gold;
  };

  Result<Tables> Open(const TableScript& script) {
    Tables lake;
    lake.changes = TRY(SchemaChangesTable::OpenOrCreate(Folder("_schema_changes"), options_));
    SchemaChange first{.kind = SchemaChangeKind::kCreate, .table = script.first()->id};
    first.sequence = PositionOf(0).Floor();
    first.after = script.first();
    RETURN_IF_ERROR(lake.changes->Append({LifeNumber(1), first}));
    lake.bronze =
        TRY(LakeTable::Exists(*Folder("bronze")))
            ? TRY(BronzeTable::Open(Folder("bronze"), "T", options_))
            : TRY(BronzeTable::Create(Folder("bronze"), options_, *script.first(), PositionOf(0)));
    RETURN_IF_ERROR(OpenFollowers(script, lake, ""));
    return lake;
  }

  Status OpenFollowers(const TableScript& script, Tables& lake, const std::string& suffix) {
    const auto silver = Folder("silver" + suffix);
    lake.silver = TRY(LakeTable::Exists(*silver))
                      ? TRY(SilverTable::Open(silver, "T", options_))
                      : TRY(SilverTable::Create(silver, options_, *script.first()));
    lake.gold = TRY(GoldDimension::OpenOrCreate(
        Folder("current" + suffix), Folder("history" + suffix), spec_, options_, *script.first()));
    return {};
  }

  // As bronze takes it.
  static Status Log(Tables& lake, const TableScript::Item& item) {
    if (const auto* statement = std::get_if<SchemaChange>(&item)) {
      if (statement->sequence < lake.bronze->progress().Floor()) return {};
      SchemaChange change = *statement;
      RETURN_IF_ERROR(lake.bronze->Evolve(change));
      if (change.after != nullptr && change.after->version == lake.bronze->schema()->version) {
        change.after = lake.bronze->schema();
      }
      return lake.changes->Append({LifeNumber(1), change});
    }
    (void)TRY(lake.bronze->Stage(*std::get<std::shared_ptr<const ChangeBatch>>(item)));
    return lake.bronze->Commit(TableScript::EndOf(item));
  }

  static std::vector<SchemaChange> ChangesOf(const Tables& lake) {
    std::vector<SchemaChange> changes;
    for (const RecordedChange& recorded : lake.changes->all()) changes.push_back(recorded.change);
    return changes;
  }

  static Status Feed(Tables& lake, std::size_t commit_rows) {
    const auto changes = ChangesOf(lake);
    RETURN_IF_ERROR(CatchUp(*lake.bronze, changes, *lake.silver, {.commit_rows = commit_rows}));
    return CatchUp(*lake.bronze, changes, *lake.gold, {.commit_rows = commit_rows});
  }

  // In step with bronze, or only when bronze has everything.
  Status Run(const TableScript& script, bool in_step) {
    Tables lake = TRY(Open(script));
    RETURN_IF_ERROR(Feed(lake, 1));
    for (const TableScript::Item& item : script.items()) {
      RETURN_IF_ERROR(Log(lake, item));
      if (in_step) RETURN_IF_ERROR(Feed(lake, 1));
    }
    return Feed(lake, 1);
  }

  static std::vector<std::string> Leading(std::vector<std::string> rows, std::size_t cells) {
    for (std::string& row : rows) {
      std::size_t at = 0;
      for (std::size_t i = 0; i < cells; ++i) at = row.find('|', at + (i > 0 ? 1 : 0));
      row.resize(at);
    }
    std::ranges::sort(rows);
    return rows;
  }

  void ExpectScript(const TableScript& script) {
    auto lake = Open(script);
    ASSERT_TRUE(IsOk(lake));
    const std::size_t columns = script.schema()->columns.size();
    EXPECT_EQ(Leading(Rows(lake->silver->table()), columns), script.Rows());
    EXPECT_EQ(Leading(Rows(lake->gold->current()), columns), script.Rows());
  }

  void ExpectReplayIsTheSame(const TableScript& script) {
    auto lake = Open(script);
    ASSERT_TRUE(IsOk(lake));
    Tables again;
    ASSERT_TRUE(IsOk(OpenFollowers(script, again, "2")));
    const auto changes = ChangesOf(*lake);
    ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, changes, *again.silver, {})));
    ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, changes, *again.gold, {})));
    EXPECT_EQ(Rows(again.silver->table()), Rows(lake->silver->table()));
    EXPECT_EQ(Rows(again.gold->current()), Rows(lake->gold->current()));
    EXPECT_EQ(Rows(again.gold->history()), Rows(lake->gold->history()));
  }

  static std::vector<std::string> Fields(const arrow::FieldVector& fields) {
    std::vector<std::string> names;
    for (const auto& field : fields) names.push_back(field->ToString());
    return names;
  }

  void StartAnew() {
    memory_ = std::make_shared<MemoryStore>(clock_);
    store_ = std::make_shared<FaultyStore>(memory_);
  }

  LakeOptions options_ = Options();
  DimensionSpec spec_{.current = "T_current", .history = "T_history", .columns = {}};
};

using Names = std::vector<std::string>;

TEST_F(SchemaProperty, RandomStatementsGiveTheSourcesRowsLiveAndInReplay) {
  for (unsigned seed = 1; seed <= 24; ++seed) {
    SCOPED_TRACE(seed);
    StartAnew();
    TableScript script(seed);
    script.Play(25);
    ASSERT_TRUE(IsOk(Run(script, seed % 2 == 0)));
    ExpectScript(script);
    ExpectReplayIsTheSame(script);
    if (HasFailure()) return;
  }
}

TEST_F(SchemaProperty, ANameWithAnotherTypeIsANewColumnOfTheLog) {
  TableScript script(1);
  script.ChangeRows(3);
  script.Drop("a");
  script.Add("a", SourceType::kVarChar, {});
  script.ChangeRows(3);
  script.Replace("a", SourceType::kInt);  // its old column again
  script.ChangeRows(3);
  script.Replace("a", SourceType::kBigInt);
  script.Add("a__2", SourceType::kInt, {});  // the name of another column
  script.ChangeRows(3);
  ASSERT_TRUE(IsOk(Run(script, true)));
  ExpectScript(script);
  ExpectReplayIsTheSame(script);
  const auto lake = Open(script);
  ASSERT_TRUE(IsOk(lake));
  const Names wanted = {"id: int32",    "a: int32",    "b: string",
                        "a__2: string", "a__3: int64", "a__2__2: int32"};
  EXPECT_EQ(Fields(lake->bronze->table().columns()->GetFieldByName("after")->type()->fields()),
            wanted);
  EXPECT_EQ(Fields(lake->bronze->table().columns()->GetFieldByName("before")->type()->fields()),
            wanted);
  Names history = Fields(lake->gold->history().columns()->fields());
  history.resize(wanted.size());
  EXPECT_EQ(history, wanted);
  EXPECT_EQ(lake->silver->table().columns()->field_names(),
            (Names{"id", "b", "a", "a__2", "_seq", "_source_ts"}));
  // As it is recorded for whoever reads the log.
  EXPECT_EQ(lake->changes->all().back().change.after->columns.back().InLake(), "a__2__2");
}

TEST_F(SchemaProperty, NamesThatChangePlacesKeepTheirRows) {
  TableScript script(2);
  script.ChangeRows(4);
  script.Swap("a", "b");
  script.ChangeRows(4);
  script.Rename("a", "A");
  script.ChangeRows(2);
  script.Rename("b", "c");
  script.Rename("A", "b");
  script.Rename("c", "A");
  script.ChangeRows(4);
  ASSERT_TRUE(IsOk(Run(script, true)));
  ExpectScript(script);
  ExpectReplayIsTheSame(script);
}

TEST_F(SchemaProperty, ATableMadeAnewWithOtherTypesBeginsEmpty) {
  TableScript script(3);
  script.ChangeRows(5);
  script.MakeAnew(SourceType::kVarChar);
  script.ChangeRows(5);
  script.MakeAnew(SourceType::kInt);
  script.ChangeRows(5);
  ASSERT_TRUE(IsOk(Run(script, true)));
  ExpectScript(script);
  ExpectReplayIsTheSame(script);
}

// A crash before or after each durable step, with bronze ahead by everything and in step with it.
TEST_F(SchemaProperty, ACrashAtAnyStepAmongStatementsLosesAndRepeatsNothing) {
  for (const bool in_step : {false, true}) {
    TableScript script(7);
    script.ChangeRows(2);
    script.Add("c1", SourceType::kInt, "1");
    script.ChangeRows(2);
    script.Add("c2", SourceType::kInt, "2");
    script.Replace("a", SourceType::kVarChar);
    script.ChangeRows(2);
    script.Drop("c1");
    StartAnew();
    ASSERT_TRUE(IsOk(Run(script, in_step)));
    const auto clean = Rows(Open(script)->gold->history());
    const int steps = store_->steps();
    // Both ways of feeding begin elsewhere, so that together they meet two of three steps.
    for (int step = in_step ? 1 : 2; step <= steps; step += 3) {
      for (const Fault fault : {Fault::kCrashBefore, Fault::kCrashAfter}) {
        StartAnew();
        store_->FailStep(step, fault);
        (void)Run(script, in_step);
        store_->Recover();
        ASSERT_TRUE(IsOk(Run(script, in_step))) << "after a crash at step " << step;
        ExpectScript(script);
        EXPECT_EQ(Rows(Open(script)->gold->history()), clean);
        if (HasFailure()) FAIL() << "after a crash at step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace foreset::lake
