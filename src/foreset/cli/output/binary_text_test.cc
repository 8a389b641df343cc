// SPDX-License-Identifier: MIT
#include "foreset/cli/output/binary_text.h"

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

TEST(BinaryText, HexAndBase64) {
  const std::string bytes("\x00\xFFgo", 4);
  EXPECT_EQ(HexText(bytes), "00ff676f");
  EXPECT_EQ(ParseHex("00FF676f"), bytes);
  EXPECT_FALSE(ParseHex("0"));
  EXPECT_FALSE(ParseHex("0g"));
  EXPECT_EQ(Base64Text(""), "");
  EXPECT_EQ(Base64Text("f"), "Zg==");
  EXPECT_EQ(Base64Text("fo"), "Zm8=");
  EXPECT_EQ(Base64Text("foo"), "Zm9v");
}

}  // namespace
}  // namespace foreset::cli
