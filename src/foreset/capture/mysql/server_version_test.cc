// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/server_version.h"

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

TEST(ServerVersion, ReadsBothFamilies) {
  EXPECT_EQ(ParseServerVersion("9.7.4"), (ServerVersion{false, 9, 7, 4}));
  EXPECT_EQ(ParseServerVersion("26.7.0-commercial"), (ServerVersion{false, 26, 7, 0}));
  EXPECT_EQ(ParseServerVersion("8.4"), (ServerVersion{false, 8, 4, 0}));
  EXPECT_EQ(ParseServerVersion("10.11.19-MariaDB-0+deb12u1"), (ServerVersion{true, 10, 11, 19}));
  EXPECT_EQ(ParseServerVersion("5.5.5-10.5.1-MariaDB"), (ServerVersion{true, 10, 5, 1}));
  EXPECT_EQ(ParseServerVersion("5.5.5"), (ServerVersion{false, 5, 5, 5}));
  EXPECT_EQ(ParseServerVersion("nonsense"), (ServerVersion{}));
}

TEST(ServerVersion, ComparesWithinItsFamily) {
  EXPECT_TRUE(ParseServerVersion("26.7.0").MysqlSince(9, 6));
  EXPECT_TRUE(ParseServerVersion("8.0.1").MysqlSince(8, 0, 1));
  EXPECT_FALSE(ParseServerVersion("8.0.0").MysqlSince(8, 0, 1));
  EXPECT_FALSE(ParseServerVersion("10.11.1-MariaDB").MysqlSince(8, 0));
  EXPECT_TRUE(ParseServerVersion("12.0.2-MariaDB").MariaDbSince(10, 5));
}

}  // namespace
}  // namespace foreset::mysql
