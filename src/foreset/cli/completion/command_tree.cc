// SPDX-License-Identifier: MIT
#include "foreset/cli/completion/command_tree.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace foreset::cli {
namespace {

// "{table,json}" within the type's name, as CLI11 shows a choice.
std::vector<std::string> ChoicesIn(const std::string& type) {
  const std::size_t from = type.find('{');
  const std::size_t to = type.find('}');
  if (from == std::string::npos || to == std::string::npos) return {};
  return CLI::detail::split(type.substr(from + 1, to - from - 1), ',');
}

CommandOption Describe(const CLI::Option& option) {
  CommandOption described{.description = option.get_description()};
  for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  if (option.get_positional()) described.names = {option.get_name(true)};
  if (option.get_items_expected_max() == 0) return described;
  const std::string type = option.get_type_name();
  described.choices = ChoicesIn(type);
  described.value = type.substr(0, type.find(':'));
  if (!described.choices.empty()) {
    described.value = fmt::format("{}", fmt::join(described.choices, "|"));
  }
  return described;
}

CommandTree Describe(const CLI::App& app, std::vector<std::string> words) {
  CommandTree tree{
      .words = std::move(words), .summary = app.get_description(), .text = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? tree.arguments : tree.options).push_back(Describe(*option));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    std::vector<std::string> below = tree.words;
    below.push_back(command->get_name());
    tree.commands.push_back(Describe(*command, std::move(below)));
  }
  return tree;
}

}  // namespace

std::string CommandTree::Path() const { return fmt::format("{}", fmt::join(words, " ")); }

CommandTree DescribeCommands(const CLI::App& app) { return Describe(app, {}); }

}  // namespace foreset::cli
