// SPDX-License-Identifier: MIT
#include "foreset/cli/completion/man_page.h"

#include <cctype>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace foreset::cli {
namespace {

// Text that roff leaves alone: neither escapes nor, at a line's beginning, requests.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool begins = escaped.empty() || escaped.back() == '\n';
    if (begins && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string NameOf(const CommandTree& command, const char* between) {
  return fmt::format("foreset{}{}", command.words.empty() ? "" : between,
                     fmt::join(command.words, between));
}

std::string Entry(const CommandOption& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", Roff(name));
  }
  if (!option.value.empty()) names += fmt::format(" \\fI{}\\fR", Roff(option.value));
  return fmt::format(".TP\n{}\n{}\n", names, Roff(option.description));
}

std::string Section(const char* title, const std::vector<CommandOption>& options) {
  if (options.empty()) return "";
  std::string text = fmt::format(".SH {}\n", title);
  for (const CommandOption& option : options) text += Entry(option);
  return text;
}

std::string Commands(const CommandTree& command) {
  if (command.commands.empty()) return "";
  std::string text = ".SH COMMANDS\n";
  for (const CommandTree& below : command.commands) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", Roff(below.words.back()), Roff(below.summary));
  }
  return text;
}

std::string Synopsis(const CommandTree& command) {
  std::string text = fmt::format(".B {}\n[\\fIOPTIONS\\fR]", Roff(NameOf(command, " ")));
  if (!command.commands.empty()) text += " \\fICOMMAND\\fR";
  for (const CommandOption& argument : command.arguments) {
    text += fmt::format(" \\fI{}\\fR", Roff(argument.names.front()));
  }
  return text;
}

// Its lines are broken as they are meant.
std::string Verbatim(const char* title, std::string_view text) {
  if (text.empty()) return "";
  std::string body = Roff(text);
  while (body.ends_with('\n')) body.pop_back();
  for (std::size_t at = body.find("\n\n"); at != std::string::npos; at = body.find("\n\n", at)) {
    body.replace(at, 2, "\n.sp\n");
  }
  return fmt::format(".SH {}\n.nf\n{}\n.fi\n", title, body);
}

}  // namespace

std::string ManPage(const CommandTree& command, const std::string& version,
                    const std::string& date) {
  const std::string name = Roff(NameOf(command, "-"));
  std::string summary = Roff(command.summary.substr(0, command.summary.find('\n')));
  while (summary.ends_with('.')) summary.pop_back();
  return fmt::format(".TH {} 1 \"{}\" \"foreset {}\" \"Foreset\"\n", Upper(name), date, version) +
         fmt::format(".SH NAME\n{} \\- {}\n", name, summary) +
         fmt::format(".SH SYNOPSIS\n{}\n", Synopsis(command)) + Commands(command) +
         Section("ARGUMENTS", command.arguments) + Section("OPTIONS", command.options) +
         Verbatim("NOTES", command.text);
}

}  // namespace foreset::cli
