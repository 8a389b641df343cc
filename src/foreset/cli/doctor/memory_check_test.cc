// SPDX-License-Identifier: MIT
#include "foreset/cli/doctor/memory_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

using ::testing::HasSubstr;

TEST(MemoryCheck, IndexesThatTakeMoreThanHalfAreAWarningWithNumbers) {
  constexpr std::size_t kLimit = 512UL << 20U;
  EXPECT_EQ(CheckMemory({}, kLimit, {{{"shop", "Items"}, 1'000'000}}).outcome,
            mysql::CheckOutcome::kOk);
  const mysql::ServerCheck large = CheckMemory({}, kLimit, {{{"shop", "Items"}, 10'000'000}});
  EXPECT_EQ(large.outcome, mysql::CheckOutcome::kWarning);
  EXPECT_THAT(large.found, HasSubstr("the key indexes of about 10,000,000 rows take 1.0 GiB"));
  EXPECT_THAT(large.wanted, HasSubstr("2.0 GiB or more"));
  EXPECT_FALSE(large.fix.empty());
}

}  // namespace
}  // namespace foreset::cli
