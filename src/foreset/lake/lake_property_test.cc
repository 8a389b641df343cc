// SPDX-License-Identifier: MIT
// Bronze, silver and gold against a model: random changes, replays, and a crash at every durable
// step.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "foreset/lake/lake_testing.h"

namespace foreset::lake {
namespace {

// What silver and history should hold, as LakeFixture::Rows shows it.
struct Model {
  std::map<int, std::pair<ShopRow, Sequence>> current;
  std::vector<std::string> history;
  std::map<Sequence, std::string> times;

  static std::string Cells(const ShopRow& row) {
    return fmt::format("{}|{}|{}", row.id, row.name, row.qty);
  }
  void Tell(const ShopRow& row, const char* operation, Sequence sequence) {
    const auto old = current.find(row.id);
    history.push_back(fmt::format("{}|{}|{}|{}", Cells(row), operation, sequence.ToString(),
                                  old == current.end() ? "NULL" : old->second.second.ToString()));
  }
  std::vector<std::string> Current() const {
    std::vector<std::string> rows;
    for (const auto& [id, row] : current) {
      rows.push_back(Cells(row.first) + "|" + row.second.ToString());
    }
    std::ranges::sort(rows);
    return rows;
  }
  std::vector<std::string> History() const {
    std::vector<std::string> rows = history;
    std::ranges::sort(rows);
    return rows;
  }
};

// A random round of changes, and what they do to the model.
std::shared_ptr<const ChangeBatch> RandomRound(std::mt19937& random, Model& model,
                                               std::shared_ptr<const TableSchema> schema,
                                               std::uint64_t& next) {
  ShopChanges changes(std::move(schema), next);
  const auto sequence = [&](Operation operation) {
    return Sequence(0, 1, PositionOf(changes.next()).offset + 50, 0, operation);
  };
  for (unsigned i = 0; i < 1 + random() % 12; ++i) {
    const int id = static_cast<int>(random() % 20);
    const ShopRow row{id, fmt::format("name{}", random() % 5), static_cast<int>(random() % 100)};
    const auto found = model.current.find(id);
    if (random() % 200 == 0) {
      const Sequence at = sequence(Operation::kTruncate);
      model.history.push_back(fmt::format("NULL|NULL|NULL|TRUNCATE|{}|NULL", at.ToString()));
      model.current.clear();
      changes.Truncate();
    } else if (found == model.current.end()) {
      const Sequence at = sequence(Operation::kInsert);
      model.Tell(row, "INSERT", at);
      model.current[id] = {row, at};
      changes.Insert(row);
    } else if (random() % 3 == 0) {
      const ShopRow old = found->second.first;
      model.Tell(old, "DELETE", sequence(Operation::kDelete));
      model.current.erase(found);
      changes.Delete(old);
    } else if (random() % 4 == 0 && !model.current.contains(id + 100)) {
      const ShopRow old = found->second.first;
      const ShopRow moved{id + 100, row.name, row.qty};
      const Sequence at = sequence(Operation::kInsert);
      model.Tell(old, "DELETE", sequence(Operation::kDelete));
      model.Tell(moved, "INSERT", at);
      model.current.erase(found);
      model.current[moved.id] = {moved, at};
      changes.Update(old, moved);
    } else {
      const ShopRow old = found->second.first;
      const Sequence at = sequence(Operation::kUpdate);
      model.Tell(row, "UPDATE", at);
      model.current[id] = {row, at};
      changes.Update(old, row);
    }
  }
  next = changes.next();
  return changes.Build();
}

struct Round {
  std::shared_ptr<const ChangeBatch> batch;
  SourcePosition end;
};

struct Lake {
  std::unique_ptr<BronzeTable> bronze;
  std::unique_ptr<SilverTable> silver;
  std::unique_ptr<GoldDimension> gold;
};

class LakeProperty : public LakeFixture {
 protected:
  std::vector<Round> MakeRounds(unsigned seed, int count) {
    std::mt19937 random(seed);
    std::vector<Round> rounds;
    std::uint64_t next = 1;
    for (int i = 0; i < count; ++i) {
      auto batch = RandomRound(random, model_, schema_, next);
      rounds.push_back({std::move(batch), PositionOf(next)});
    }
    return rounds;
  }

  // Opens what is there, makes what is not.
  Result<Lake> Open() {
    Lake lake;
    if (TRY(LakeTable::Exists(*Folder("bronze")))) {
      lake.bronze = TRY(BronzeTable::Open(Folder("bronze"), "Shop", options_));
    } else {
      lake.bronze = TRY(BronzeTable::Create(Folder("bronze"), options_, *schema_, PositionOf(0)));
    }
    if (TRY(LakeTable::Exists(*Folder("silver")))) {
      lake.silver = TRY(SilverTable::Open(Folder("silver"), "Shop", options_));
    } else {
      lake.silver = TRY(SilverTable::Create(Folder("silver"), options_, *schema_));
    }
    lake.gold = TRY(GoldDimension::OpenOrCreate(Folder("current"), Folder("history"), spec_,
                                                options_, *schema_));
    return lake;
  }

  static Status Feed(Lake& lake, const Round& round) {
    const std::size_t taken = TRY(lake.bronze->Stage(*round.batch));
    RETURN_IF_ERROR(lake.bronze->Commit(round.end));
    if (taken == 0) return {};
    const BatchNumber batch = lake.bronze->progress().batch;
    for (Follower* follower :
         {static_cast<Follower*>(lake.silver.get()), static_cast<Follower*>(lake.gold.get())}) {
      RETURN_IF_ERROR(CatchUpBefore(*lake.bronze, *follower, batch));
      if (follower->progress().batch >= batch) continue;
      RETURN_IF_ERROR(follower->Stage(*round.batch));
      RETURN_IF_ERROR(follower->Commit(batch, round.end));
    }
    return {};
  }

  static Status CatchUpBefore(const BronzeTable& bronze, Follower& follower, BatchNumber batch) {
    const bool in_step = follower.progress().batch.Next() == batch &&
                         follower.furthest() == follower.progress().batch;
    return in_step ? Status() : CatchUp(bronze, {}, follower, {});
  }

  Status Run(const std::vector<Round>& rounds) {
    Lake lake = TRY(Open());
    int count = 0;
    for (const Round& round : rounds) {
      RETURN_IF_ERROR(Feed(lake, round));
      if (++count % 3 == 0) {
        RETURN_IF_ERROR(lake.silver->Maintain(policy_));
        RETURN_IF_ERROR(lake.gold->Maintain(policy_));
        RETURN_IF_ERROR(CompactAppendOnly(lake.bronze->table(), policy_));
      }
    }
    RETURN_IF_ERROR(CatchUp(*lake.bronze, {}, *lake.silver, {}));
    return CatchUp(*lake.bronze, {}, *lake.gold, {});
  }

  // Rows without their last columns.
  static std::vector<std::string> Cut(std::vector<std::string> rows, int columns) {
    for (std::string& row : rows) {
      for (int i = 0; i < columns; ++i) row.resize(row.rfind('|'));
    }
    std::ranges::sort(rows);
    return rows;
  }

  void ExpectModel() {
    auto lake = Open();
    ASSERT_TRUE(lake) << lake.error().ToString();
    EXPECT_EQ(Cut(Rows(lake->silver->table()), 1), model_.Current());
    EXPECT_EQ(Cut(Rows(lake->gold->current()), 1), model_.Current());
    EXPECT_EQ(Cut(Rows(lake->gold->history()), 3), model_.History());
  }

  std::shared_ptr<const TableSchema> schema_ = std::make_shared<const TableSchema>(ShopSchema());
  DimensionSpec spec_{.current = "Shop_current", .history = "Shop_history", .columns = {}};
  LakeOptions options_ = Options();
  CompactionPolicy policy_{.max_small_files = 3};
  Model model_;
};

TEST_F(LakeProperty, RandomChangesGiveWhatTheModelHas) {
  const auto rounds = MakeRounds(1, 60);
  ASSERT_TRUE(IsOk(Run(rounds)));
  ExpectModel();
}

TEST_F(LakeProperty, ModeRewriteGivesTheSame) {
  options_ = Options(UpsertMode::kRewrite);
  const auto rounds = MakeRounds(2, 40);
  ASSERT_TRUE(IsOk(Run(rounds)));
  ExpectModel();
  const auto lake = Open();
  ASSERT_TRUE(lake);
  EXPECT_EQ(lake->silver->table().snapshot()->protocol().min_reader_version, 1);
}

TEST_F(LakeProperty, ReplayFromBronzeGivesWhatOnlineGave) {
  const auto rounds = MakeRounds(3, 40);
  ASSERT_TRUE(IsOk(Run(rounds)));
  auto lake = Open();
  ASSERT_TRUE(lake);
  auto silver = SilverTable::Create(Folder("silver2"), options_, *schema_);
  auto gold = GoldDimension::OpenOrCreate(Folder("current2"), Folder("history2"), spec_, options_,
                                          *schema_);
  ASSERT_TRUE(silver && gold);
  ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, {}, **silver, {.commit_rows = 20, .stop = {}})));
  ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, {}, **gold, {.commit_rows = 50, .stop = {}})));
  EXPECT_EQ(Rows((*silver)->table()), Rows(lake->silver->table()));
  EXPECT_EQ(Rows((*gold)->current()), Rows(lake->gold->current()));
  EXPECT_EQ(Rows((*gold)->history()), Rows(lake->gold->history()));
}

TEST_F(LakeProperty, HistoryFedAloneGivesTheSameChain) {
  const auto rounds = MakeRounds(4, 30);
  ASSERT_TRUE(IsOk(Run({rounds.begin(), rounds.begin() + 10})));
  auto lake = Open();
  ASSERT_TRUE(lake);
  // Current goes ahead with another history, then its own history must follow alone.
  {
    auto other = GoldDimension::OpenOrCreate(Folder("current"), Folder("history3"), spec_, options_,
                                             *schema_);
    ASSERT_TRUE(other);
    for (std::size_t i = 10; i < rounds.size(); ++i) {
      ASSERT_TRUE(IsOk(lake->bronze->Stage(*rounds[i].batch)));
      ASSERT_TRUE(IsOk(lake->bronze->Commit(rounds[i].end)));
    }
    ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, {}, **other, {})));
  }
  lake = Open();
  ASSERT_TRUE(lake);
  EXPECT_LT(lake->gold->progress().batch, lake->gold->furthest());
  ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, {}, *lake->gold, {.commit_rows = 10, .stop = {}})));
  ASSERT_TRUE(IsOk(CatchUp(*lake->bronze, {}, *lake->silver, {})));
  ExpectModel();
}

TEST_F(LakeProperty, ACrashAtAnyStepLosesAndRepeatsNothing) {
  const auto rounds = MakeRounds(5, 5);
  ASSERT_TRUE(IsOk(Run(rounds)));
  const int steps = store_->steps();
  ExpectModel();
  for (int step = 1; step <= steps; ++step) {
    for (const Fault fault : {Fault::kCrashBefore, Fault::kCrashAfter}) {
      memory_ = std::make_shared<MemoryStore>(clock_);
      store_ = std::make_shared<FaultyStore>(memory_);
      store_->FailStep(step, fault);
      (void)Run(rounds);
      store_->Recover();
      // As after a restart from the very beginning: what is in is skipped by position.
      ASSERT_TRUE(IsOk(Run(rounds)));
      ExpectModel();
      if (HasFailure()) FAIL() << "after a crash at step " << step;
    }
  }
}

TEST_F(LakeProperty, ALostReplyIsSettledWithoutRepeating) {
  const auto rounds = MakeRounds(6, 4);
  ASSERT_TRUE(IsOk(Run(rounds)));
  const int steps = store_->steps();
  for (int step = 1; step <= steps; ++step) {
    for (const Fault fault : {Fault::kLostBefore, Fault::kLostAfter}) {
      memory_ = std::make_shared<MemoryStore>(clock_);
      store_ = std::make_shared<FaultyStore>(memory_);
      store_->FailStep(step, fault);
      if (!Run(rounds)) {
        ASSERT_TRUE(IsOk(Run(rounds)));
      }
      ExpectModel();
      if (HasFailure()) FAIL() << "after a fault at step " << step;
    }
  }
}

}  // namespace
}  // namespace foreset::lake
