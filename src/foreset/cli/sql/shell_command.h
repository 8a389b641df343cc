// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::cli {

// A line that is no SQL, as the shell takes it: "\d silver.Orders".
struct ShellCommand {
  std::string word;  // "\\d"
  std::string rest;
  bool operator==(const ShellCommand&) const = default;
};

// Lines that begin with a backslash, and what people bring from other shells: exit, quit, help,
// .tables, .schema T, .exit, .quit, .help; a semicolon at the end does not matter. Nothing when it
// is SQL.
std::optional<ShellCommand> ParseShellCommand(std::string_view line);

// A text that is not typed but read: its statements and commands in their order. Commands stand on
// lines of their own, between statements.
struct ShellStep {
  std::optional<ShellCommand> command;
  std::string statement;
};
std::vector<ShellStep> StepsOf(std::string_view text);

}  // namespace foreset::cli
