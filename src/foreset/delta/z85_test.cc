// SPDX-License-Identifier: MIT
#include "foreset/delta/z85.h"

#include <gtest/gtest.h>

namespace foreset::delta {
namespace {

TEST(Z85Test, SpellsTheVectorOfItsSpecification) {
  const std::string bytes = "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B";
  EXPECT_EQ(EncodeZ85(AsBytes(bytes)), "HelloWorld");
  EXPECT_EQ(DecodeZ85("HelloWorld"), bytes);
}

TEST(Z85Test, PadsToFourBytes) {
  EXPECT_EQ(DecodeZ85(EncodeZ85(AsBytes("abcde"))), std::string("abcde\0\0\0", 8));
  EXPECT_EQ(EncodeZ85({}), "");
}

TEST(Z85Test, RefusesWhatIsNoZ85) {
  EXPECT_FALSE(DecodeZ85("Hell"));
  EXPECT_FALSE(DecodeZ85("Hell\x7F"));
  EXPECT_FALSE(DecodeZ85("Hell~"));
  EXPECT_FALSE(DecodeZ85("#####"));  // above 32 bits
}

}  // namespace
}  // namespace foreset::delta
