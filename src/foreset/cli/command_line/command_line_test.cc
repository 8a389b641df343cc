// SPDX-License-Identifier: MIT
#include "foreset/cli/command_line/command_line.h"

#include <limits>
#include <utility>

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

// A program with a command below another, which has an option of each kind.
class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() {
    program_.Footer("Of the program.");
    program_.AddFlag("-v,--verbose", verbose_, "More");
    const Command lake = program_.AddCommand("lake", "Of lakes").RequireCommand();
    show_.emplace(lake.AddCommand("show", "One lake"));
    show_->AddOption("PLACE", place_, "Where").Required();
    show_->AddOption("--names", names_, "Which").SplitAt(',').OnePerUse();
    show_->AddOption("--wait", wait_, "How long").NonNegative().ValueName("SECONDS").ShowDefault();
    show_->AddOption("--jobs", jobs_, "How many").Between(1, 64);
    show_->AddOption("--seed", seed_, "Of chance");
    show_->AddOption("--rows", rows_, "Of the sample");
    show_->AddOption("--rate", rate_, "A second").NonNegative();
    show_->AddOption("--version-of", version_, "Of the table").ValueName("N");
    show_->AddOption("--url", url_, "Whom to ask").Excludes({"--version-of"});
    show_->AddOption("--ca", ca_, "Its authority").Needs("--url");
    show_
        ->AddOption(
            "-o,--output", [this](const std::string& form) { json_ = form == "json"; }, "Form")
        .Among({"table", "json"})
        .ValueName("");
    show_->AddOption(
        "--set", [this](const std::vector<std::string>& all) { set_ = all.size(); }, "Settings");
    show_->AddFlag("--plain", [this] { plain_ = true; }, "No colours");
    show_->OnRun([] { return 7; });
  }

  Result<Request> Parse(std::vector<std::string> arguments) {
    return line_.Parse(std::move(arguments));
  }

  // What is wrong with a call of the inner command.
  std::string Refusal(std::vector<std::string> options) {
    options.insert(options.begin(), {"lake", "show", "here"});
    const auto request = Parse(std::move(options));
    return request ? "nothing" : request.error().message;
  }

  CommandLine line_{"tool", "A tool."};
  Command program_ = line_.program();
  std::optional<Command> show_;
  int verbose_ = 0;
  std::string place_;
  std::vector<std::string> names_;
  int wait_ = 30;
  int jobs_ = 2;
  std::uint64_t seed_ = 1;
  std::int64_t rows_ = 20;
  double rate_ = 0;
  std::optional<std::int64_t> version_;
  std::string url_;
  std::string ca_;
  bool json_ = false;
  std::size_t set_ = 0;
  bool plain_ = false;
};

TEST_F(CommandLineTest, FillsTheTargetOfEachType) {
  const auto request = Parse({"lake",   "show",    "-v",     "here",   "--names",
                              "a,b",    "--names", "c",      "-v",     "--wait",
                              "5",      "--jobs",  "64",     "--seed", "18446744073709551615",
                              "--rows", "-1",      "--rate", "2.5",    "--version-of",
                              "9",      "-o",      "json",   "--set",  "x",
                              "y",      "--plain"});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->run(), 7);
  EXPECT_EQ(verbose_, 2);
  EXPECT_EQ(place_, "here");
  EXPECT_EQ(names_, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(wait_, 5);
  EXPECT_EQ(jobs_, 64);
  EXPECT_EQ(seed_, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(rows_, -1);
  EXPECT_EQ(rate_, 2.5);
  EXPECT_EQ(version_, 9);
  EXPECT_TRUE(json_);
  EXPECT_EQ(set_, 2);
  EXPECT_TRUE(plain_);
}

TEST_F(CommandLineTest, LeavesTheTargetOfWhatIsNotGiven) {
  ASSERT_TRUE(Parse({"lake", "show", "here"}));
  EXPECT_EQ(wait_, 30);
  EXPECT_EQ(version_, std::nullopt);
  EXPECT_FALSE(json_);
}

TEST_F(CommandLineTest, KnowsWhichOptionsAreGiven) {
  const Option depth = show_->AddFlag("-d,--depth", verbose_, "How deep");
  const Option width = show_->AddOption("--width", jobs_, "How wide");
  ASSERT_TRUE(Parse({"lake", "show", "here", "--width", "3"}));
  EXPECT_FALSE(depth.given());
  EXPECT_TRUE(width.given());
  EXPECT_EQ(width.name(), "--width");
}

TEST_F(CommandLineTest, RefusesEveryOtherValue) {
  EXPECT_EQ(Refusal({"--wait", "-1"}), "--wait: Value -1 is no number from 0 on");
  EXPECT_EQ(Refusal({"--rate", "x"}), "--rate: Value x is no number from 0 on");
  EXPECT_EQ(Refusal({"--jobs", "65"}), "--jobs: Value 65 not in range 1 to 64");
  EXPECT_EQ(Refusal({"-o", "xml"}), "--output: xml not in {table,json}");
}

TEST_F(CommandLineTest, RefusesOptionsThatDoNotGoTogether) {
  EXPECT_EQ(Refusal({"--url", "u", "--version-of", "1"}), "--version-of excludes --url");
  EXPECT_EQ(Refusal({"--ca", "c"}), "--ca requires --url");
}

TEST_F(CommandLineTest, SaysWhichCommandDoesNotUnderstandAndWhatWasMeant) {
  const auto of = [this](std::vector<std::string> arguments) {
    const auto request = Parse(std::move(arguments));
    return request ? Error{} : request.error();
  };
  const Error word = of({"lkae"});
  EXPECT_EQ(word.code, ErrorCode::kUsage);
  EXPECT_EQ(word.message, "tool does not understand \"lkae\"; did you mean \"lake\"?");
  EXPECT_EQ(word.NextStep(), "tool --help shows what there is.");
}

TEST_F(CommandLineTest, SaysSoOfTheInnermostCommand) {
  EXPECT_EQ(Refusal({"--verbos"}),
            "tool lake show does not understand \"--verbos\"; did you mean \"--verbose\"?");
}

TEST_F(CommandLineTest, WantsTheCommandBelow) {
  const auto request = Parse({"lake"});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "A subcommand is required");
  EXPECT_EQ(request.error().NextStep(), "tool lake --help shows what there is.");
}

TEST_F(CommandLineTest, RunsNothingWhereNoCommandIsNamed) {
  const auto request = Parse({"-v"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->kind, Request::Kind::kCommand);
  EXPECT_FALSE(request->run);
}

TEST_F(CommandLineTest, TellsOfTheVersion) {
  EXPECT_EQ(Parse({"--version"})->kind, Request::Kind::kVersion);
}

TEST_F(CommandLineTest, HelpIsOfTheCommandThatWasNamed) {
  const auto request = Parse({"lake", "show", "--help"});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->kind, Request::Kind::kHelp);
  EXPECT_NE(request->help.find("--wait SECONDS:NONNEGATIVE=30"), std::string::npos)
      << request->help;
  EXPECT_EQ(request->help.find("Of the program."), std::string::npos) << "the program's footer";
}

TEST_F(CommandLineTest, DescribesEveryCommand) {
  const CommandTree tree = program_.Describe();
  EXPECT_EQ(tree.summary, "A tool.");
  EXPECT_EQ(tree.text, "Of the program.");
  ASSERT_EQ(tree.commands.size(), 1);
  ASSERT_EQ(tree.commands[0].commands.size(), 1);
  const CommandTree& show = tree.commands[0].commands[0];
  EXPECT_EQ(show.Path(), "lake show");
  EXPECT_EQ(show.text, "");
  ASSERT_EQ(show.arguments.size(), 1);
  EXPECT_EQ(show.arguments[0].names, (std::vector<std::string>{"PLACE"}));
  const CommandOption& output = show.options[show.options.size() - 3];
  EXPECT_EQ(output.names, (std::vector<std::string>{"-o", "--output"}));
  EXPECT_EQ(output.choices, (std::vector<std::string>{"table", "json"}));
  EXPECT_EQ(output.value, "table|json");
  EXPECT_EQ(show.options.back().value, "") << "a flag takes nothing";
}

}  // namespace
}  // namespace foreset::cli
