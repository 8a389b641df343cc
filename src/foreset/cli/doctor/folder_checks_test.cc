// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/folder_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/base/errors/lake.h"

namespace foreset::cli {
namespace {

using mysql::CheckOutcome;
using ::testing::HasSubstr;

TEST(FolderChecksTest, TablesWithFoldersOfTheirOwnAreWell) {
  const auto checks = CheckFolders("{database}/{table}", {{"a", "t"}, {"b", "t"}, {"b", "../x"}});
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, CheckOutcome::kOk);
}

TEST(FolderChecksTest, TwoTablesOfOneFolderAreAFailureWithTheLayoutAsAdvice) {
  const auto checks = CheckFolders("{table}", {{"a", "t"}, {"b", "t"}});
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, CheckOutcome::kFailed);
  EXPECT_EQ(checks[0].code, lake_error::kTableFolderShared);
  EXPECT_THAT(checks[0].found, HasSubstr("b.t would have the folder \"t\", a.t has \"t\""));
  EXPECT_THAT(checks[0].fix, HasSubstr("layout: \"{database}/{table}\""));
}

TEST(FolderChecksTest, ReservedNamesAndNamesThatDifferInCaseAreWarnings) {
  const auto checks = CheckFolders("{table}", {{"a", "T"}, {"a", "_old"}, {"a", "t"}});
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].outcome, CheckOutcome::kWarning);
  EXPECT_THAT(checks[0].found, HasSubstr("a._old would have the folder \"_old\""));
  EXPECT_EQ(checks[1].outcome, CheckOutcome::kWarning);
  EXPECT_EQ(checks[1].found, "a.T and a.t");
}

}  // namespace
}  // namespace foreset::cli
