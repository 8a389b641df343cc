// SPDX-License-Identifier: MIT
#include "foreset/cli/output/text_width.h"

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

TEST(TextWidth, CountsCellsOfATerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("naïve"), 5U);
  EXPECT_EQ(DisplayWidth("日本語"), 6U);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2U);
}

TEST(TextWidth, CutTextFitsWhateverItIsMadeOf) {
  for (const char* text : {"", "a", "Customers", "日本語のテーブル", "a日b本c",
                           "e\u0301e\u0301e\u0301", "\xff\xff\xff"}) {
    for (std::size_t cells = 0; cells < 20; ++cells) {
      const std::string cut = CutToWidth(text, cells);
      EXPECT_LE(DisplayWidth(cut), cells) << text;
      EXPECT_EQ(cut == text, DisplayWidth(text) <= cells) << text << " in " << cells;
      EXPECT_EQ(DisplayWidth(FitToWidth(text, cells)), cells) << text;
    }
  }
  EXPECT_EQ(CutToWidth("日本語", 5), "日本…");
  EXPECT_EQ(CutToWidth("日本語", 4), "日…");
}

}  // namespace
}  // namespace foreset::cli
