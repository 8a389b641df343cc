// SPDX-License-Identifier: MIT
#include "foreset/cli/completion_command.h"

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/base/time_text.h"
#include "foreset/cli/completion/command_tree.h"
#include "foreset/cli/completion/completion_script.h"
#include "foreset/cli/completion/man_page.h"

namespace foreset::cli {
namespace {

std::string Script(const std::string& shell, const CommandTree& program) {
  if (shell == "bash") return BashCompletion(program);
  return shell == "zsh" ? ZshCompletion(program) : FishCompletion(program);
}

// "foreset table cat"
Result<const CommandTree*> FindCommand(const CommandTree& program, const std::string& page) {
  const CommandTree* command = &program;
  std::istringstream words(page);
  std::string word;
  words >> word;
  while (words >> word) {
    const auto below = std::ranges::find_if(
        command->commands, [&](const CommandTree& one) { return one.words.back() == word; });
    if (below == command->commands.end()) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("there is no command \"{}\"", page),
                 "foreset --help lists the commands.");
    }
    command = &*below;
  }
  return command;
}

void RegisterMan(CLI::App& app, Context& context) {
  auto page = std::make_shared<std::string>();
  CLI::App* man = app.add_subcommand("man", "Print a command's manual page");
  man->group(kGroupSetUp);
  man->add_option("COMMAND", *page, "Its words; none: the program's");
  man->footer(
      R"(In roff, as man reads it; of what --help shows.

Examples:
  foreset man table cat | man -l -
  foreset man > /usr/local/share/man/man1/foreset.1)");
  man->callback([page, &app, &context] {
    context.chosen = [page, &app, &context]() -> Result<int> {
      const CommandTree program = DescribeCommands(app);
      context.out << ManPage(*TRY(FindCommand(program, *page)), FORESET_VERSION,
                             TimestampText(context.clock.Now().value(), true).substr(0, 10));
      return kExitOk;
    };
  });
}

}  // namespace

void RegisterCompletion(CLI::App& app, Context& context) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand("completion", "Print a shell completion script");
  completion->group(kGroupSetUp);
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->required();
  completion->footer(
      R"(For this shell, or for every one:
  source <(foreset completion bash)           in ~/.bashrc
  source <(foreset completion zsh)            in ~/.zshrc, below compinit
  foreset completion fish | source            in ~/.config/fish/config.fish)");
  completion->callback([shell, &app, &context] {
    context.chosen = [shell, &app, &context]() -> Result<int> {
      context.out << Script(*shell, DescribeCommands(app));
      return kExitOk;
    };
  });
  RegisterMan(app, context);
}

}  // namespace foreset::cli
