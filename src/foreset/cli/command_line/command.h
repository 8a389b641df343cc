// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/command_line/command_tree.h"

namespace foreset::cli {

// An option of a command, or an argument that has its place. A handle: copies are the same option,
// and each verb gives it back, so that they chain. Valid while its CommandLine lives.
class Option {
 public:
  Option Required() const;
  // What --help calls its value, "FILE"; empty: its choices alone.
  Option ValueName(const std::string& name) const;
  // --help shows the value that the target has now.
  Option ShowDefault() const;
  // Of a list: a use takes one word; else all words up to the next option.
  Option OnePerUse() const;
  // Of a list: a word is several values.
  Option SplitAt(char separator) const;

  // Any other value is a usage error.
  Option Among(const std::vector<std::string>& choices) const;
  Option NonNegative() const;
  Option Between(int least, int most) const;
  // `what_is_wrong` says it of a value; empty: nothing is.
  Option Check(std::function<std::string(const std::string& value)> what_is_wrong) const;
  // `names`: options that the command has already, such as "--url".
  Option Excludes(const std::vector<std::string>& names) const;
  Option Needs(const std::string& name) const;

  // Of the command line that was parsed.
  bool given() const;
  // "--skip"; of an argument "TABLE".
  std::string name() const;

 private:
  friend class Command;
  explicit Option(void* option) : option_(option) {}

  void* option_;  // the parser's, whose type command_line.cc alone knows
};

// A command of the program, or the program itself. A handle, as Option is.
class Command {
 public:
  // Carries the command out; the value is the exit code.
  using Run = std::function<Result<int>()>;
  // Get what was given, once, before the command is carried out.
  using Take = std::function<void(const std::string& value)>;
  using TakeAll = std::function<void(const std::vector<std::string>& values)>;

  Command AddCommand(const std::string& name, const std::string& summary) const;
  // The heading below which --help of the command above lists it.
  Command Group(const std::string& heading) const;
  // What --help says below the options.
  Command Footer(const std::string& text) const;
  // It does nothing itself: one of those below it must follow.
  Command RequireCommand() const;
  void OnRun(Run run) const;

  // `names`: "-c,--config"; without dashes it is an argument that has its place. `target` outlives
  // parsing and keeps its value when the option is not given.
  Option AddOption(const std::string& names, std::string& target, const std::string& help) const;
  Option AddOption(const std::string& names, std::vector<std::string>& target,
                   const std::string& help) const;
  Option AddOption(const std::string& names, int& target, const std::string& help) const;
  Option AddOption(const std::string& names, std::int64_t& target, const std::string& help) const;
  Option AddOption(const std::string& names, std::uint64_t& target, const std::string& help) const;
  Option AddOption(const std::string& names, double& target, const std::string& help) const;
  Option AddOption(const std::string& names, std::optional<std::int64_t>& target,
                   const std::string& help) const;
  Option AddOption(const std::string& names, const Take& take, const std::string& help) const;
  Option AddOption(const std::string& names, const TakeAll& take, const std::string& help) const;

  // Options without a value; an int counts how often it is given.
  Option AddFlag(const std::string& names, bool& target, const std::string& help) const;
  Option AddFlag(const std::string& names, int& target, const std::string& help) const;
  Option AddFlag(const std::string& names, std::function<void()> when_given,
                 const std::string& help) const;

  // It and all that is below it, as --help shows them.
  CommandTree Describe() const;

 private:
  friend class CommandLine;
  Command(void* app, Run* chosen) : app_(app), chosen_(chosen) {}

  void* app_;  // the parser's
  Run* chosen_;
};

}  // namespace foreset::cli
