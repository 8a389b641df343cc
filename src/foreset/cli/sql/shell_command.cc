// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/shell_command.h"

#include <algorithm>
#include <map>
#include <utility>

#include "foreset/base/ascii.h"
#include "foreset/sql/statement_text.h"

namespace foreset::cli {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Words of other shells -> ours.
const std::map<std::string, std::string>& OtherWords() {
  static const std::map<std::string, std::string> words{
      {"exit", "\\q"},  {"quit", "\\q"},   {"help", "\\?"},    {".exit", "\\q"},
      {".quit", "\\q"}, {".help", "\\?"},  {".tables", "\\d"}, {".schema", "\\d"},
      {"\\h", "\\?"},   {"\\quit", "\\q"}, {"\\help", "\\?"},  {"\\dt", "\\d"}};
  return words;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    if (!line.empty() && !line.starts_with("--")) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

}  // namespace

std::optional<ShellCommand> ParseShellCommand(std::string_view line) {
  line = Trim(line);
  while (line.ends_with(';')) line = Trim(line.substr(0, line.size() - 1));
  const std::size_t space = std::min(line.find_first_of(" \t"), line.size());
  ShellCommand command{AsciiLower(line.substr(0, space)), std::string(Trim(line.substr(space)))};
  const auto other = OtherWords().find(command.word);
  const bool plain = !line.starts_with('\\') && !line.starts_with('.');
  if (other == OtherWords().end()) {
    return line.starts_with('\\') ? std::optional(std::move(command)) : std::nullopt;
  }
  // "help me" would be SQL, if it were anything.
  if (plain && !command.rest.empty()) return std::nullopt;
  command.word = other->second;
  return command;
}

std::vector<ShellStep> StepsOf(std::string_view text) {
  std::vector<ShellStep> steps;
  std::string pending;
  const auto take = [&](std::vector<std::string> statements) {
    for (std::string& statement : statements) steps.push_back({{}, std::move(statement)});
  };
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto command = IsBlank(pending) ? ParseShellCommand(line) : std::nullopt) {
      steps.push_back({std::move(command), {}});
      pending.clear();
      continue;
    }
    pending += (pending.empty() ? "" : "\n") + std::string(line);
    if (line.find(';') == std::string_view::npos) continue;
    sql::StatementTexts split = sql::SplitStatements(pending);
    take(std::move(split.statements));
    pending = std::move(split.rest);
  }
  if (!IsBlank(pending)) take({std::move(pending)});
  return steps;
}

}  // namespace foreset::cli
