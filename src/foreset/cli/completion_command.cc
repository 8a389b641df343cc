// SPDX-License-Identifier: MIT
#include "foreset/cli/completion_command.h"

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "foreset/base/time_text.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/command_line/command_tree.h"
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

void RegisterMan(Command app, Context& context) {
  auto page = std::make_shared<std::string>();
  const Command man = app.AddCommand("man", "Print a command's manual page");
  man.Group(kGroupSetUp);
  man.AddOption("COMMAND", *page, "Its words; none: the program's");
  man.Footer(
      R"(In roff, as man reads it; of what --help shows.

Examples:
  foreset man table cat | man -l -
  foreset man > /usr/local/share/man/man1/foreset.1)");
  man.OnRun([page, app, &context]() -> Result<int> {
    const CommandTree program = app.Describe();
    context.out << ManPage(*TRY(FindCommand(program, *page)), FORESET_VERSION,
                           TimestampText(context.clock.Now().value(), true).substr(0, 10));
    return kExitOk;
  });
}

}  // namespace

void RegisterCompletion(Command app, Context& context) {
  auto shell = std::make_shared<std::string>();
  const Command completion = app.AddCommand("completion", "Print a shell completion script");
  completion.Group(kGroupSetUp);
  completion.AddOption("SHELL", *shell, "bash, zsh or fish")
      .Among({"bash", "zsh", "fish"})
      .Required();
  completion.Footer(
      R"(For this shell, or for every one:
  source <(foreset completion bash)           in ~/.bashrc
  source <(foreset completion zsh)            in ~/.zshrc, below compinit
  foreset completion fish | source            in ~/.config/fish/config.fish)");
  completion.OnRun([shell, app, &context]() -> Result<int> {
    context.out << Script(*shell, app.Describe());
    return kExitOk;
  });
  RegisterMan(app, context);
}

}  // namespace foreset::cli
