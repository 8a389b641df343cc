// SPDX-License-Identifier: MIT
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/delta/snapshot.h"
#include "foreset/pipeline/testing/scripted_lake_testing.h"
#include "foreset/pipeline/testing/scripted_source.h"
#include "foreset/pipeline/work_pace.h"

namespace foreset::pipeline {
namespace {

using testing::ScriptedLake;
using testing::ScriptedSource;
using testing::ScriptedTransaction;

std::size_t FilesOf(const std::shared_ptr<ObjectStore>& layer, const std::string& table) {
  return delta::Snapshot::Load(SubStore(layer, table)).value()->files().size();
}

// A round after the other, without an idle one between them.
TEST(HousekeepingTest, ASourceThatIsNeverIdleIsTidiedUpToo) {
  constexpr int kTransactions = 150;
  std::vector<ScriptedTransaction> script;
  for (int i = 0; i <= kTransactions; ++i) {
    script.push_back({testing::ScriptedChange{"A", Operation::kInsert, i, "v"}});
  }
  ScriptedSource source({"A"}, std::move(script), 1);
  ScriptedLake lake(lake::TableFormat::kDelta);
  ASSERT_TRUE(lake.Run(source));
  lake.ExpectRows(source, "A");
  const lake::LakeStores stores = lake.Opened().stores;
  const std::size_t most = lake::CompactionPolicy{}.max_small_files + 2;
  EXPECT_LE(FilesOf(stores.bronze, "A"), most);
  EXPECT_LE(FilesOf(stores.bronze, "_epochs"), most);
  EXPECT_LE(FilesOf(stores.silver, "A"), most);
  EXPECT_LE(FilesOf(stores.gold, "A_history"), most);
}

TEST(WorkPaceTest, WorkTakesItsShareAtMost) {
  using std::chrono::seconds;
  WorkPace pace(9);
  const WorkPace::Time start{};
  EXPECT_TRUE(pace.IsDue(start));
  pace.Worked(start, start + seconds(2));
  EXPECT_FALSE(pace.IsDue(start + seconds(19)));
  EXPECT_TRUE(pace.IsDue(start + seconds(20)));
}

}  // namespace
}  // namespace foreset::pipeline
