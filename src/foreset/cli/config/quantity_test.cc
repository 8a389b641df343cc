// SPDX-License-Identifier: MIT
#include "foreset/cli/config/quantity.h"

#include <gtest/gtest.h>

#include "foreset/base/nearest_word.h"

namespace foreset::cli {
namespace {

TEST(Quantity, DurationsNeedAUnit) {
  EXPECT_EQ(ParseDuration("250ms")->count(), 250);
  EXPECT_EQ(ParseDuration("1.5s")->count(), 1500);
  EXPECT_EQ(ParseDuration("7d")->count(), 604800000);
  for (const char* bad : {"", "1", "s", "-1s", "1 week", "1e9s", "nan", "1s2"}) {
    EXPECT_FALSE(ParseDuration(bad)) << bad;
  }
}

TEST(Quantity, SizesAreBinaryOrDecimalAsTheyAreSpelt) {
  EXPECT_EQ(ParseSize("64MiB"), 64U << 20U);
  EXPECT_EQ(ParseSize("10MB"), 10'000'000U);
  EXPECT_EQ(ParseSize("4096"), 4096U);
  EXPECT_EQ(ParseSize("1.5 KiB"), 1536U);
  for (const char* bad : {"", "MiB", "1XB", "-1", "1e30", "99999999TiB"}) {
    EXPECT_FALSE(ParseSize(bad)) << bad;
  }
}

TEST(Quantity, PeopleReadThem) {
  EXPECT_EQ(FormatSize(312), "312 B");
  EXPECT_EQ(FormatSize(1536), "1.5 KiB");
  EXPECT_EQ(FormatCount(1234567), "1,234,567");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatDuration(std::chrono::seconds(185)), "3 min 5 s");
}

TEST(NearestWord, ASlipOfTheFingersIsRecognised) {
  const std::vector<std::string> known{"host", "port", "password"};
  EXPECT_EQ(NearestWord("prot", known), "port");
  EXPECT_EQ(NearestWord("Pasword", known), "password");
  EXPECT_FALSE(NearestWord("bootstrap", known));
  EXPECT_EQ(Suggestion("bootstrap", known), "; there are host, port, password");
}

}  // namespace
}  // namespace foreset::cli
