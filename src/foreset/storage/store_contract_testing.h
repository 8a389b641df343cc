// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "foreset/storage/object_store.h"

namespace foreset {

// A kind of store, and how to make an empty one of it.
struct StoreKind {
  std::string name;
  std::function<std::shared_ptr<ObjectStore>()> make;
};

// What holds for every store. A test program that includes this instantiates it for its stores:
// INSTANTIATE_TEST_SUITE_P(Stores, ObjectStoreContract, testing::Values(StoreKind{…}), StoreName).
class ObjectStoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override { store_ = GetParam().make(); }

  std::vector<std::string> Paths(std::string_view prefix, std::string_view start_after = "") {
    std::vector<std::string> paths;
    const auto found = store_->List(prefix, start_after).value();
    for (const ObjectInfo& info : found) {
      paths.push_back(info.path);
    }
    return paths;
  }

  std::shared_ptr<ObjectStore> store_;
};

inline std::string StoreName(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

using Strings = std::vector<std::string>;

TEST_P(ObjectStoreContract, AnAbsentObjectIsNotFound) {
  EXPECT_EQ(store_->Read("a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store_->Stat("a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store_->ReadRange("a", 0, 1).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(store_->Delete("a"));
  EXPECT_TRUE(Paths("").empty());
  EXPECT_TRUE(Paths("x/").empty());
}

TEST_P(ObjectStoreContract, PutReplacesAndPutIfAbsentDoesNot) {
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

TEST_P(ObjectStoreContract, RangesAreExact) {
  ASSERT_TRUE(store_->Put("a", AsBytes("0123456789")));
  EXPECT_EQ(store_->ReadRange("a", 3, 4).value(), "3456");
  EXPECT_EQ(store_->ReadRange("a", 10, 0).value(), "");
  EXPECT_EQ(store_->ReadRange("a", 8, 3).error().kind, ErrorKind::kCorruption);
  EXPECT_EQ(store_->ReadRange("a", 1, ~0ULL).error().kind, ErrorKind::kCorruption);
}

TEST_P(ObjectStoreContract, AWrittenObjectAppearsWholeAtTheEnd) {
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

TEST_P(ObjectStoreContract, AMovedObjectHasOnlyItsNewName) {
  ASSERT_TRUE(store_->Put("d/a", AsBytes("one")));
  ASSERT_TRUE(store_->Put("d/b", AsBytes("two")));
  ASSERT_TRUE(store_->Move("d/a", "d/b"));
  EXPECT_EQ(store_->Read("d/b").value(), "one");
  EXPECT_EQ(Paths(""), (Strings{"d/b"}));
  EXPECT_TRUE(store_->Move("d/a", "d/b")) << "what was moved already stays moved";
  EXPECT_EQ(store_->Read("d/b").value(), "one");
  ASSERT_TRUE(store_->Move("d/b", "e/f/c"));
  EXPECT_EQ(store_->Read("e/f/c").value(), "one");
  EXPECT_EQ(store_->Move("x", "y").error().kind, ErrorKind::kNotFound);
}

TEST_P(ObjectStoreContract, ListingsAreRecursiveSortedAndResumable) {
  for (const char* path : {"t/_delta_log/2", "t/_delta_log/1", "t/b.parquet", "t/a/x", "u/y"}) {
    ASSERT_TRUE(store_->Put(path, AsBytes("1")));
  }
  EXPECT_EQ(Paths("t/"), (Strings{"t/_delta_log/1", "t/_delta_log/2", "t/a/x", "t/b.parquet"}));
  EXPECT_EQ(Paths("t/_delta_log/", "t/_delta_log/1"), (Strings{"t/_delta_log/2"}));
  EXPECT_EQ(store_->ListFolders("").value(), (Strings{"t", "u"}));
  EXPECT_EQ(store_->ListFolders("t/").value(), (Strings{"_delta_log", "a"}));
}

}  // namespace foreset
