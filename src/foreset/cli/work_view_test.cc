// SPDX-License-Identifier: MIT
#include "foreset/cli/work_view.h"

#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/base/clock.h"
#include "foreset/base/messages.h"
#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

const std::vector<WorkPart> kParts{
    {"Orders", 12, 100}, {"日本語のテーブルの長い名前です", 3, 0}, {"comparing a", 0, 0}};
constexpr const char* kBelow =
    "4,000,000 of about 9,000,000 rows, 812,345 rows/s, 2 min 12 s left, and more of the same";

class WorkViewTest : public testing::Test {
 protected:
  // What was written since the last call.
  std::string Written() {
    std::string text = out_.str();
    out_.str("");
    return text;
  }

  int columns_ = 80;
  SystemClock clock_;
  std::istringstream in_;
  std::ostringstream out_;
  Context context_{.clock = clock_,
                   .environment = [](const std::string&) { return "xterm"; },
                   .read_file = {},
                   .working_directory = "/",
                   .in = in_,
                   .out = out_,
                   .err = out_,
                   .terminal = {.err = true, .err_columns = [this] { return columns_; }},
                   .catch_signals = {},
                   .caught_signal = {},
                   .options = {}};
};

TEST_F(WorkViewTest, NoLineReachesTheLastColumn) {
  WorkView view(context_);
  for (columns_ = 2; columns_ < 200; ++columns_) {
    view.Erase();
    Written();
    view.Draw(kParts, "rows", kBelow);
    std::istringstream lines(Written());
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      EXPECT_LT(DisplayWidth(line), static_cast<std::size_t>(columns_)) << line;
    }
    EXPECT_EQ(count, 4);
  }
}

TEST_F(WorkViewTest, TakesAwayTheRowsThatANarrowerTerminalMadeOfItsLines) {
  WorkView view(context_);
  view.Draw({}, "rows", kBelow);  // 79 cells
  Written();
  columns_ = 30;
  view.Erase();
  EXPECT_EQ(Written(), "\x1b[3A\r\x1b[J");
  view.Erase();
  EXPECT_EQ(Written(), "");
}

TEST_F(WorkViewTest, AMessageTakesTheLinesAway) {
  WorkView view(context_);
  view.Draw(kParts, "rows", kBelow);
  Written();
  Warn("something");
  EXPECT_EQ(Written(), "\x1b[4A\r\x1b[J");
}

TEST_F(WorkViewTest, IsForTerminalsAlone) {
  EXPECT_TRUE(DrawsProgress(context_));
  context_.terminal.err = false;
  EXPECT_FALSE(DrawsProgress(context_));
  context_.terminal.err = true;
  context_.options.quiet = true;
  EXPECT_FALSE(DrawsProgress(context_));
}

}  // namespace
}  // namespace foreset::cli
