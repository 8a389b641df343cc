// SPDX-License-Identifier: MIT
#include "foreset/server/url_text.h"

#include <gtest/gtest.h>

namespace foreset::server {
namespace {

TEST(UrlText, EscapesAreDecodedOrRefused) {
  EXPECT_EQ(PercentDecoded("a%20b%2Fc%00"), std::string("a b/c\0", 6));
  for (const char* broken : {"%", "%1", "a%zz", "%+1"}) {
    EXPECT_FALSE(PercentDecoded(broken)) << broken;
  }
}

TEST(UrlText, ParametersMayComeTwiceOrWithoutAValue) {
  const auto query = QueryParameters("expand=info&expand=status&&x=a+b%26&y&z=1=2&w=%zz");
  EXPECT_EQ(query.count("expand"), 2U);
  EXPECT_EQ(query.find("x")->second, "a b&");
  EXPECT_EQ(query.find("y")->second, "");
  EXPECT_EQ(query.find("z")->second, "1=2");
  EXPECT_EQ(query.find("w")->second, "%zz");
  EXPECT_TRUE(QueryParameters("").empty());
}

}  // namespace
}  // namespace foreset::server
