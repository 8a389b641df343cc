// SPDX-License-Identifier: MIT
#include "foreset/storage/open.h"

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(OpenStoreTest, PlainPathsAndFileUrisNameDirectories) {
  EXPECT_EQ(LocalDirectoryOf("/data/lake").value(), "/data/lake");
  EXPECT_EQ(LocalDirectoryOf("/data/./x/../lake").value(), "/data/lake");
  EXPECT_EQ(LocalDirectoryOf("file:///data/a%20b").value(), "/data/a b");
  EXPECT_EQ(LocalDirectoryOf("file://localhost/data").value(), "/data");
  EXPECT_EQ(LocalDirectoryOf("file:/data").value(), "/data");
  EXPECT_EQ(LocalDirectoryOf("/data/100%").value(), "/data/100%");
  EXPECT_TRUE(LocalDirectoryOf("here")->ends_with("/here"));
  EXPECT_EQ(OpenStore("/data/lake/", {}).value()->Describe(), "/data/lake");
}

TEST(OpenStoreTest, OtherSchemesAndHostsAreRefused) {
  EXPECT_EQ(OpenStore("s3://bucket/folder", {}).error().code, ErrorCode::kStorageScheme);
  EXPECT_EQ(OpenStore("abfss://a@b.dfs.core.windows.net/c", {}).error().code,
            ErrorCode::kAzureNoCredential);
  EXPECT_EQ(OpenStore("file://elsewhere/data", {}).error().code, ErrorCode::kStoragePathInvalid);
  EXPECT_EQ(OpenStore("", {}).error().code, ErrorCode::kStoragePathInvalid);
}

}  // namespace
}  // namespace foreset
