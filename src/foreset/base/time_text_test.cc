// SPDX-License-Identifier: MIT
#include "foreset/base/time_text.h"

#include <gtest/gtest.h>

namespace foreset {
namespace {

TEST(TimeText, DatesOfAnyYear) {
  EXPECT_EQ(DateText(0), "1970-01-01");
  EXPECT_EQ(DateText(-1), "1969-12-31");
  EXPECT_EQ(DateText(2932896), "9999-12-31");
  EXPECT_EQ(DateText(2932897), "+10000-01-01");
}

TEST(TimeText, TimestampsShowAFractionOnlyWhereThereIsOne) {
  EXPECT_EQ(TimestampText(0, true), "1970-01-01T00:00:00Z");
  EXPECT_EQ(TimestampText(-1, false), "1969-12-31T23:59:59.999999");
  EXPECT_EQ(TimestampText(1'500'000, true), "1970-01-01T00:00:01.500000Z");
}

TEST(TimeText, ParsingReadsWhatIsWritten) {
  for (const std::int64_t micros : {0LL, -1LL, 1'790'000'000'123'456LL}) {
    EXPECT_EQ(ParseTimestamp(TimestampText(micros, true)), micros);
  }
  EXPECT_EQ(ParseDate("2024-02-29"), 19782);
}

TEST(TimeText, ZonesAndShortFormsAreUnderstood) {
  EXPECT_EQ(ParseTimestamp("1970-01-02"), 86'400'000'000);
  EXPECT_EQ(ParseTimestamp("1970-01-01 02:00+02:00"), 0);
  EXPECT_EQ(ParseTimestamp("1969-12-31T23:30:00.5-0030"), 500'000);
}

TEST(TimeText, WhatIsNoTimeIsRefused) {
  for (const char* bad : {"", "2024", "2024-13-01", "2023-02-29", "2024-01-01T25:00",
                          "2024-01-01T10", "2024-01-01T10:00:00X", "2024-01-01 10:00 +99:00"}) {
    EXPECT_FALSE(ParseTimestamp(bad)) << bad;
  }
}

}  // namespace
}  // namespace foreset
