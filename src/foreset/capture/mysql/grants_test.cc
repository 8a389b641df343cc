// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/grants.h"

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

TEST(Grants, TellGlobalFromLocalPrivileges) {
  Grants grants;
  grants.Add("GRANT REPLICATION SLAVE, RELOAD ON *.* TO `f`@`%` IDENTIFIED BY PASSWORD 'x'", true);
  grants.Add("GRANT SELECT, INSERT (a, b) ON `shop`.* TO `f`@`%`", false);
  grants.Add("GRANT `reader`@`%` TO `f`@`%`", false);
  EXPECT_TRUE(grants.HasGlobal("RELOAD"));
  EXPECT_TRUE(grants.HasGlobal("REPLICATION SLAVE"));
  EXPECT_FALSE(grants.HasGlobal("SELECT"));
  EXPECT_TRUE(grants.HasAnywhere("SELECT"));
  EXPECT_FALSE(grants.HasAnywhere("reader"));
}

TEST(Grants, AllPrivilegesAreAll) {
  Grants grants;
  grants.Add("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", true);
  EXPECT_TRUE(grants.HasGlobal("RELOAD"));
  EXPECT_EQ(QuoteUser("f@%"), "'f'@'%'");
}

}  // namespace
}  // namespace foreset::mysql
