// SPDX-License-Identifier: MIT
#include "foreset/delta/data_path.h"

#include <gtest/gtest.h>

#include "foreset/storage/local/local_store.h"

namespace foreset::delta {
namespace {

TEST(DataPath, OneSpellingForEachFile) {
  EXPECT_EQ(CanonicalPath("a/p%3D1%2520/x.parquet"), "a/p=1%20/x.parquet");
  for (const char* path : {"/some/with%20space/p@%23h", "file:/some/with%20space/p@%23h",
                           "file:///some/with%20space/p@%23h"}) {
    EXPECT_EQ(CanonicalPath(path), "/some/with space/p@#h") << path;
  }
}

TEST(DataPath, WhatIsNoEscapeStays) {
  EXPECT_EQ(DecodeUri("100%"), "100%");
  EXPECT_EQ(DecodeUri("%zz%4"), "%zz%4");
  EXPECT_EQ(DecodeUri(""), "");
}

TEST(DataPath, EncodedPathsDecodeToThemselves) {
  const std::string path = "p=a b%/\xC3\xA9#?.parquet";
  EXPECT_EQ(EncodeUri(path), "p=a%20b%25/%C3%A9%23%3F.parquet");
  EXPECT_EQ(DecodeUri(EncodeUri(path)), path);
}

TEST(DataPath, RelativePathsAreTheTables) {
  const LocalStore table("/lake/t");
  const auto location = LocateData(table, "p=a%20b/x.parquet");
  ASSERT_TRUE(location);
  EXPECT_EQ(location->store, &table);
  EXPECT_EQ(location->path, "p=a b/x.parquet");
}

TEST(DataPath, AbsolutePathsBelowTheTableAreTheTablesToo) {
  const LocalStore table("/lake/t");
  for (const char* path : {"/lake/t/a/x.parquet", "file:///lake/t/a/x.parquet"}) {
    const auto location = LocateData(table, path);
    ASSERT_TRUE(location) << path;
    EXPECT_EQ(location->store, &table);
    EXPECT_EQ(location->path, "a/x.parquet");
  }
}

TEST(DataPath, AbsolutePathsElsewhereOpenTheirFolder) {
  const LocalStore table("/lake/t");
  const auto location = LocateData(table, "file:/lake/tt/x.parquet");
  ASSERT_TRUE(location);
  EXPECT_EQ(location->store->Describe(), "/lake/tt");
  EXPECT_EQ(location->path, "x.parquet");
}

TEST(DataPath, PathsThatLeaveTheTableAreRefused) {
  const LocalStore table("/lake/t");
  for (const char* path : {"../x", "a/../../x", "a//b", "", "a/%2E%2E/b"}) {
    const auto location = LocateData(table, path);
    ASSERT_FALSE(location) << path;
    EXPECT_EQ(location.error().kind, ErrorKind::kCorruption) << path;
  }
  EXPECT_EQ(LocateData(table, "s3://bucket/x").error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace foreset::delta
