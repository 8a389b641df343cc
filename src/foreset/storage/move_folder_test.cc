// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "foreset/storage/local/local_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset {
namespace {

void MovesEverything(ObjectStore& store) {
  ASSERT_TRUE(store.Put("t/_delta_log/0.json", AsBytes("log")));
  ASSERT_TRUE(store.Put("t/a.parquet", AsBytes("data")));
  ASSERT_TRUE(store.Put("tt/b.parquet", AsBytes("another table")));
  ASSERT_TRUE(store.MoveFolder("t", "_old/t-1"));
  EXPECT_EQ(store.Read("_old/t-1/_delta_log/0.json").value(), "log");
  EXPECT_EQ(store.Read("_old/t-1/a.parquet").value(), "data");
  EXPECT_TRUE(store.List("t/", "").value().empty());
  EXPECT_EQ(store.Read("tt/b.parquet").value(), "another table");
  EXPECT_TRUE(store.MoveFolder("t", "_old/t-2")) << "what is not there has been moved already";
}

TEST(MoveFolder, MovesEverythingObjectByObject) {
  ManualClock clock(Timestamp(1));
  MemoryStore store(clock);
  MovesEverything(store);
}

TEST(MoveFolder, MovesEverythingByRename) {
  const auto root =
      std::filesystem::temp_directory_path() / ("foreset-move-" + std::to_string(::getpid()));
  LocalStore store(root.string());
  MovesEverything(store);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace foreset
