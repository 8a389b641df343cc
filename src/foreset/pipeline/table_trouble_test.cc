// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_trouble.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/pipeline/lake_standing.h"
#include "foreset/pipeline/testing/scripted_lake_testing.h"
#include "foreset/pipeline/testing/scripted_source.h"

namespace foreset::pipeline {
namespace {

using Lake = testing::ScriptedLake;
using testing::ScriptedChange;
using testing::ScriptedSource;

const Error kNoAccess{ErrorKind::kInvalidInput, ErrorCode::kStorageAccess, "refused", {}};

ScriptedChange Insert(const std::string& table, int id) {
  ScriptedChange change;
  change.table = table;
  change.id = id;
  change.value = "v" + std::to_string(id);
  return change;
}

ScriptedSource Shop() {
  return {{"A", "B"}, {{Insert("A", 1), Insert("B", 1)}, {Insert("A", 2), Insert("B", 2)}}, 1};
}

std::optional<ErrorCode> StoppedWith(const Lake& lake, const std::string& table) {
  const auto status = lake.status();
  const auto found = status->tables.find({"shop", table});
  if (found == status->tables.end() || !found->second.stopped) return std::nullopt;
  return found->second.stopped->code;
}

// What `status` tells without the process.
std::optional<ErrorCode> Recorded(Lake& lake, const std::string& table) {
  const auto all = [](const TableId&, const auto&) { return true; };
  const auto standing = ReadStanding(lake.Opened(), all);
  if (!standing) return standing.error().code;
  const auto found = standing->stopped.find({"shop", table});
  if (found == standing->stopped.end()) return std::nullopt;
  return found->second.code;
}

// How one table's folder comes to harm.
enum class Harm { kRefused, kLogDamaged, kFileDamaged, kFileGone };

struct Case {
  const char* folder;
  Harm harm;
  ErrorCode code;
};

void PrintTo(const Case& tested, std::ostream* out) { *out << tested.folder; }

bool IsBronze(const Case& tested) { return std::string(tested.folder).starts_with("bronze"); }

void DoHarm(Lake& lake, const Case& tested) {
  const std::string folder = std::string(tested.folder) + "/";
  if (tested.harm == Harm::kRefused) return lake.faults().Refuse(folder, kNoAccess);
  std::string newest;
  const auto objects = lake.faults().List(folder, "").value();
  for (const ObjectInfo& object : objects) {
    const bool log = object.path.find("/_delta_log/") != std::string::npos;
    const bool wanted = tested.harm == Harm::kLogDamaged
                            ? log && object.path.ends_with(".json")
                            : !log && object.path.ends_with(".parquet");
    if (!wanted) continue;
    newest = object.path;
    Status done;
    if (tested.harm == Harm::kFileGone) done = lake.faults().Delete(newest);
    if (tested.harm == Harm::kFileDamaged) done = lake.faults().Put(newest, AsBytes("no Parquet"));
    ASSERT_TRUE(done);
  }
  ASSERT_FALSE(newest.empty());
  if (tested.harm != Harm::kLogDamaged) return;
  const Status done = lake.faults().Put(newest, AsBytes("{\"a"));
  ASSERT_TRUE(done);
}

class TableTrouble : public ::testing::TestWithParam<Case> {};

// A file of bronze or of history is read by nobody who follows: verify and resets find it.
INSTANTIATE_TEST_SUITE_P(
    LayersAndKinds, TableTrouble,
    ::testing::Values(Case{"bronze/A", Harm::kRefused, ErrorCode::kStorageAccess},
                      Case{"silver/A", Harm::kRefused, ErrorCode::kStorageAccess},
                      Case{"gold/A_current", Harm::kRefused, ErrorCode::kStorageAccess},
                      Case{"gold/A_history", Harm::kRefused, ErrorCode::kStorageAccess},
                      Case{"bronze/A", Harm::kLogDamaged, ErrorCode::kDeltaCorrupt},
                      Case{"silver/A", Harm::kLogDamaged, ErrorCode::kDeltaCorrupt},
                      Case{"gold/A_current", Harm::kLogDamaged, ErrorCode::kDeltaCorrupt},
                      Case{"gold/A_history", Harm::kLogDamaged, ErrorCode::kDeltaCorrupt},
                      Case{"silver/A", Harm::kFileDamaged, ErrorCode::kParquetDamaged},
                      Case{"gold/A_current", Harm::kFileDamaged, ErrorCode::kParquetDamaged},
                      Case{"silver/A", Harm::kFileGone, ErrorCode::kDeltaCorrupt},
                      Case{"gold/A_current", Harm::kFileGone, ErrorCode::kDeltaCorrupt}));

TEST_P(TableTrouble, StopsThatTableAlone) {
  ScriptedSource source = Shop();
  Lake lake(lake::TableFormat::kDelta);
  ASSERT_TRUE(lake.Run(source));
  DoHarm(lake, GetParam());
  source.Add({Insert("A", 3), Insert("B", 3)});
  for (int run = 0; run < 2; ++run) {
    const Status ran = lake.Run(source);
    ASSERT_TRUE(ran) << ran.error().ToString();
    EXPECT_EQ(StoppedWith(lake, "A"), GetParam().code);
    EXPECT_EQ(Recorded(lake, "A"), GetParam().code);
    EXPECT_FALSE(StoppedWith(lake, "B"));
    lake.ExpectRows(source, "B");
  }
  lake.faults().Recover();
  const lake::Layer layer = IsBronze(GetParam()) ? lake::Layer::kBronze : lake::Layer::kSilver;
  ASSERT_TRUE(ApplyReset(PlanReset(lake.Opened(), layer, {"A"}).value()));
  const Status again = lake.Run(source);
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_FALSE(Recorded(lake, "A"));
}

// At whatever moment of a run.
TEST(TableTroubleTest, AFolderThatIsRefusedFromSomeMomentOnStopsItsTableAlone) {
  for (const std::string folder : {"bronze/A/", "silver/A/", "gold/A_history/"}) {
    for (int call = 0; call < 160; call += 9) {
      SCOPED_TRACE(folder + " from call " + std::to_string(call));
      ScriptedSource source = Shop();
      Lake lake(lake::TableFormat::kDelta);
      lake.faults().Refuse(folder, kNoAccess, call);
      const Status ran = lake.Run(source);
      ASSERT_TRUE(ran) << ran.error().ToString();
      const auto code = StoppedWith(lake, "A");
      EXPECT_TRUE(!code || code == ErrorCode::kStorageAccess);
      EXPECT_TRUE(code || call > 100) << "it cannot have been done by then";
      lake.ExpectRows(source, "B");
      if (HasFailure()) return;
    }
  }
}

TEST(TableTroubleTest, AStoreThatRefusesEverythingEndsTheRun) {
  ScriptedSource source = Shop();
  Lake lake(lake::TableFormat::kDelta);
  ASSERT_TRUE(lake.Run(source));
  source.Add({Insert("A", 3), Insert("B", 3)});
  lake.faults().Refuse("bronze/", kNoAccess, 20);
  const Status ran = lake.Run(source);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kStorageAccess);
}

TEST(TableTroubleTest, WhatMayPassAndAnotherProcessConcernAll) {
  EXPECT_FALSE(IsOfTableAlone({ErrorKind::kTransient, ErrorCode::kStorageFull, "", {}}));
  EXPECT_FALSE(IsOfTableAlone({ErrorKind::kInvalidInput, ErrorCode::kLakeLocked, "", {}}));
  EXPECT_TRUE(IsOfTableAlone({ErrorKind::kCorruption, ErrorCode::kParquetDamaged, "", {}}));
}

}  // namespace
}  // namespace foreset::pipeline
