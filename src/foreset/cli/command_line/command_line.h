// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/command_line/command.h"

namespace foreset::cli {

// What a command line asks for.
struct Request {
  enum class Kind { kCommand, kHelp, kVersion };
  Kind kind = Kind::kCommand;
  std::string help;  // kHelp: of the command that was named
  Command::Run run;  // kCommand: of the innermost one; empty where none was named
};

// The commands of a program with their options, and how a command line is read by them. Options may
// stand before and after the commands below the one that has them.
class CommandLine {
 public:
  // With --help, which every command has, and --version.
  CommandLine(const std::string& name, const std::string& description);
  ~CommandLine();

  Command program() const;

  // Fills the targets of what was given. Once. kUsage with what is wrong, the nearest word for one
  // that is not understood, and the command whose --help tells more.
  Result<Request> Parse(std::vector<std::string> arguments);

 private:
  struct Parser;

  std::unique_ptr<Parser> parser_;
};

}  // namespace foreset::cli
