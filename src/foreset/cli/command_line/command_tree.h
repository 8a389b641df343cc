// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace foreset::cli {

// An option, or an argument that has its place, as --help shows it.
struct CommandOption {
  std::vector<std::string> names;  // "-c", "--config"; of an argument its name alone
  std::string value;               // what it takes, "FILE"; empty: nothing
  std::vector<std::string> choices;
  std::string description;
};

// A command with those below it.
struct CommandTree {
  std::vector<std::string> words;  // "table", "cat"; none: the program
  std::string summary;
  std::vector<CommandOption> arguments;
  std::vector<CommandOption> options;
  std::string text;  // what --help says below the options
  std::vector<CommandTree> commands;

  // "table cat".
  std::string Path() const;
};

}  // namespace foreset::cli
