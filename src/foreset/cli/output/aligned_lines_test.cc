// SPDX-License-Identifier: MIT
#include "foreset/cli/output/aligned_lines.h"

#include <sstream>

#include <gtest/gtest.h>

#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

std::string Written(std::size_t cells) {
  AlignedLines lines(
      {{"table", 24, false}, {"rows", 8, true}, {"verdict", 10, false}, {"checksum", 0, false}});
  lines.Row({"gold/DimHistory_Customer", "1200", "DIFFERENT", "3ae80fc78dd9d2985657e437b41492dd"});
  lines.Line("    the lake lacks: CustomerID=7");
  lines.Row({"gold/Reasons_history", "5", "none"}, "it has no key by which it could be compared");
  std::ostringstream out;
  lines.WriteTo({out, cells});
  return out.str();
}

TEST(AlignedLines, APipeHasAllInColumnsOfTheirOwnWidth) {
  EXPECT_EQ(Written(0), R"(table                        rows  verdict    checksum
gold/DimHistory_Customer     1200  DIFFERENT  3ae80fc78dd9d2985657e437b41492dd
    the lake lacks: CustomerID=7
gold/Reasons_history            5  none       it has no key by which it could be compared
)");
}

TEST(AlignedLines, ATerminalHasWhatFits) {
  EXPECT_EQ(Written(64), R"(table                     rows  verdict    checksum
gold/DimHistory_Customer  1200  DIFFERENT  3ae80fc78dd9d2985657…
    the lake lacks: CustomerID=7
gold/Reasons_history         5  none
    it has no key by which it could be compared
)");
  for (std::size_t cells = 32; cells < 120; ++cells) {
    std::istringstream lines(Written(cells));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(DisplayWidth(line), cells) << line;
    }
  }
}

}  // namespace
}  // namespace foreset::cli
