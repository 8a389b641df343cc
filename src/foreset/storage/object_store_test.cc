// SPDX-License-Identifier: MIT
#include "foreset/storage/object_store.h"

#include <stdlib.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "foreset/storage/local/local_store.h"
#include "foreset/storage/memory/memory_store.h"

namespace foreset {
namespace {

// What holds for every store.
class ObjectStoreTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "local") {
      std::string pattern = testing::TempDir() + "/store-XXXXXX";
      root_ = ::mkdtemp(pattern.data());
      store_ = std::make_shared<LocalStore>(root_ + "/made/later");
    } else {
      store_ = std::make_shared<MemoryStore>(clock_);
    }
    if (GetParam() == "sub") store_ = SubStore(store_, "some/folder/");
  }
  void TearDown() override {
    if (!root_.empty()) std::filesystem::remove_all(root_);
  }

  std::vector<std::string> Paths(std::string_view prefix, std::string_view start_after = "") {
    std::vector<std::string> paths;
    const auto found = store_->List(prefix, start_after).value();
    for (const ObjectInfo& info : found) {
      paths.push_back(info.path);
    }
    return paths;
  }

  SystemClock clock_;
  std::string root_;
  std::shared_ptr<ObjectStore> store_;
};

using Strings = std::vector<std::string>;

TEST_P(ObjectStoreTest, AnAbsentObjectIsNotFound) {
  EXPECT_EQ(store_->Read("a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store_->Stat("a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store_->ReadRange("a", 0, 1).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(store_->Delete("a"));
  EXPECT_TRUE(Paths("").empty());
  EXPECT_TRUE(Paths("x/").empty());
}

TEST_P(ObjectStoreTest, PutReplacesAndPutIfAbsentDoesNot) {
  EXPECT_EQ(store_->PutIfAbsent("d/a", AsBytes("one")).value(), PutOutcome::kCreated);
  EXPECT_EQ(store_->PutIfAbsent("d/a", AsBytes("two")).value(), PutOutcome::kAlreadyExists);
  EXPECT_EQ(store_->Read("d/a").value(), "one");
  ASSERT_TRUE(store_->Put("d/a", AsBytes("three")));
  EXPECT_EQ(store_->Read("d/a").value(), "three");
  EXPECT_EQ(store_->Stat("d/a")->size_bytes, 5U);
  EXPECT_EQ(store_->Stat("d/a")->path, "d/a");
  ASSERT_TRUE(store_->Delete("d/a"));
  EXPECT_EQ(store_->PutIfAbsent("d/a", AsBytes("")).value(), PutOutcome::kCreated);
  EXPECT_EQ(store_->Read("d/a").value(), "");
}

TEST_P(ObjectStoreTest, RangesAreExact) {
  ASSERT_TRUE(store_->Put("a", AsBytes("0123456789")));
  EXPECT_EQ(store_->ReadRange("a", 3, 4).value(), "3456");
  EXPECT_EQ(store_->ReadRange("a", 10, 0).value(), "");
  EXPECT_EQ(store_->ReadRange("a", 8, 3).error().kind, ErrorKind::kCorruption);
  EXPECT_EQ(store_->ReadRange("a", 1, ~0ULL).error().kind, ErrorKind::kCorruption);
}

TEST_P(ObjectStoreTest, AWrittenObjectAppearsWholeAtTheEnd) {
  auto writer = store_->Create("d/e/a").value();
  ASSERT_TRUE(writer->Write(AsBytes("ab")));
  ASSERT_TRUE(writer->Write(AsBytes("cd")));
  EXPECT_TRUE(Paths("").empty());
  ASSERT_TRUE(writer->Finish());
  writer.reset();
  EXPECT_EQ(store_->Read("d/e/a").value(), "abcd");
  {
    auto dropped = store_->Create("d/b").value();
  }
  EXPECT_EQ(Paths(""), (Strings{"d/e/a"}));
}

TEST_P(ObjectStoreTest, ListingsAreRecursiveSortedAndResumable) {
  for (const char* path : {"t/_delta_log/2", "t/_delta_log/1", "t/b.parquet", "t/a/x", "u/y"}) {
    ASSERT_TRUE(store_->Put(path, AsBytes("1")));
  }
  EXPECT_EQ(Paths("t/"), (Strings{"t/_delta_log/1", "t/_delta_log/2", "t/a/x", "t/b.parquet"}));
  EXPECT_EQ(Paths("t/_delta_log/", "t/_delta_log/1"), (Strings{"t/_delta_log/2"}));
  EXPECT_EQ(store_->ListFolders("").value(), (Strings{"t", "u"}));
  EXPECT_EQ(store_->ListFolders("t/").value(), (Strings{"_delta_log", "a"}));
}

INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreTest, testing::Values("local", "memory", "sub"),
                         [](const auto& kind) { return kind.param; });

}  // namespace
}  // namespace foreset
