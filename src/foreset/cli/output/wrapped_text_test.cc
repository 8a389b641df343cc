// SPDX-License-Identifier: MIT
#include "foreset/cli/output/wrapped_text.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

constexpr const char* kTexts[] = {
    "",
    "one\n\n  two  three\n",
    "source    binlog.000001:1961261 (572501df-ed1c-11f1-a894-02fc00000001:1-37)\n",
    "done; the old tables stay below _old/ until `foreset reset --purge`\n",
    "  --host NAME ...             A further name by which the server may be called; repeat it\n",
    "delta.000001:30 (Addresses@1,CartItems@1,Customers@1,Inventory@1,OrderItems@1,Orders@1)",
    "/a/place/whose/name/is/so/long/that/it/fits/no/line/of/any/terminal/that/anybody/still/has/x",
    "日本語 の 文 も 幅 に 収 まる 日本語 の 文 も 幅 に 収 まる 日本語 の 文 も 幅 に 収 まる",
};

std::string WithoutSpaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// Whatever the width, no line but one of a single word is wider, and nothing but spaces is lost.
TEST(WrappedText, FitsEveryWidth) {
  for (const std::string text : kTexts) {
    for (std::size_t cells = 56; cells < 130; ++cells) {  // what the widest label and word take
      const std::string wrapped = WrapText(text, cells);
      EXPECT_EQ(WithoutSpaces(wrapped), WithoutSpaces(text));
      std::istringstream lines(wrapped);
      for (std::string line; std::getline(lines, line);) {
        const std::size_t word = std::min(line.size(), line.find_first_not_of(' '));
        EXPECT_TRUE(DisplayWidth(line) <= cells || !line.substr(word).contains(' ')) << line;
      }
    }
    EXPECT_EQ(WrapText(text, 0), text);
    EXPECT_EQ(WrapText(text, 200), text);
  }
}

TEST(WrappedText, WhatComesOfALineStandsUnderItsText) {
  EXPECT_EQ(WrapText("proof     unproved: nobody can say what it is", 30),
            "proof     unproved: nobody can\n          say what it is");
  EXPECT_EQ(WrapText("  a line that has no label at all", 20),
            "  a line that has no\n    label at all");
  EXPECT_EQ(WrapText("  next: say what it is called", 24, 8),
            "  next: say what it is\n        called");
}

TEST(WrappedText, WhatCanBeCopiedStaysWhole) {
  EXPECT_EQ(WrapText("Type `foreset reset --purge`, now", 26),
            "Type\n  `foreset reset --purge`,\n  now");
  EXPECT_EQ(WrapText("(Addresses@1,CartItems@1,Customers@1)", 28),
            "(Addresses@1,CartItems@1,\n  Customers@1)");
}

TEST(WrappedText, ColoursTakeNoCells) {
  EXPECT_EQ(WrapText("\x1b[1;31merror\x1b[0m of nineteen", 20),
            "\x1b[1;31merror\x1b[0m of nineteen");
}

TEST(WrappedText, LinesOfProseAreBrokenAnew) {
  const std::string page =
      "This line of a page of help was broken by hand where it was long.\nIt goes on.\n\n"
      "Examples:\n  foreset sql\n  foreset run\n";
  EXPECT_EQ(ReflowText(page, 40),
            "This line of a page of help was broken\nby hand where it was long. It goes on.\n\n"
            "Examples:\n  foreset sql\n  foreset run\n");
  EXPECT_EQ(ReflowText(page, 0), page);
}

}  // namespace
}  // namespace foreset::cli
