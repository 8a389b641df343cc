// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/shell_command.h"

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

TEST(ShellCommandTest, KnowsTheWordsOfOtherShells) {
  const auto command = [](const char* line) {
    const auto parsed = ParseShellCommand(line);
    return parsed ? parsed->word + "|" + parsed->rest : "SQL";
  };
  for (const char* line : {"\\q", "exit", "QUIT;", " quit ; ", ".exit", ".quit", "\\quit"}) {
    EXPECT_EQ(command(line), "\\q|") << line;
  }
  for (const char* line : {"\\?", "\\h", "help", "Help;", ".help"}) {
    EXPECT_EQ(command(line), "\\?|") << line;
  }
  for (const char* line : {"\\d", ".tables", "\\dt"}) EXPECT_EQ(command(line), "\\d|") << line;
  EXPECT_EQ(command("\\d  silver.Orders;"), "\\d|silver.Orders");
  EXPECT_EQ(command(".schema Orders"), "\\d|Orders");
  EXPECT_EQ(command("\\x"), "\\x|");
  for (const char* line : {"SELECT 1", "help me", "exits", "", ";", ".5"}) {
    EXPECT_EQ(command(line), "SQL") << line;
  }
}

TEST(ShellCommandTest, AReadTextHasStatementsAndCommands) {
  std::string told;
  for (const ShellStep& step : StepsOf("-- all\n\\d\nSELECT 1,\n'\nexit\n';SELECT 2; SELECT\nhelp\n"
                                       "FROM T;\n.tables\nFROM U\n-- the end")) {
    told += step.command ? step.command->word + "|" : step.statement + "|";
  }
  EXPECT_EQ(told,
            "\\d|SELECT 1,\n'\nexit\n'|SELECT 2|SELECT\nhelp\nFROM T|\\d|FROM U\n-- the end|");
  EXPECT_TRUE(StepsOf("-- nothing\n\n").empty());
}

}  // namespace
}  // namespace foreset::cli
