// SPDX-License-Identifier: MIT
// All that CLI11 does for the program: compiling its header takes seconds, so no other file
// includes it.
#include "foreset/cli/command_line/command_line.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/nearest_word.h"
#include "foreset/cli/command_line/command.h"

namespace foreset::cli {
namespace {

CLI::Option& TheirOption(void* option) { return *static_cast<CLI::Option*>(option); }
CLI::App& TheirApp(void* app) { return *static_cast<CLI::App*>(app); }

// "{table,json}" within the type's name, as CLI11 shows a choice.
std::vector<std::string> ChoicesIn(const std::string& type) {
  const std::size_t from = type.find('{');
  const std::size_t to = type.find('}');
  if (from == std::string::npos || to == std::string::npos) return {};
  return CLI::detail::split(type.substr(from + 1, to - from - 1), ',');
}

CommandOption DescribeOption(const CLI::Option& option) {
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

CommandTree DescribeCommand(const CLI::App& app, std::vector<std::string> words) {
  CommandTree tree{
      .words = std::move(words), .summary = app.get_description(), .text = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? tree.arguments : tree.options).push_back(DescribeOption(*option));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    std::vector<std::string> below = tree.words;
    below.push_back(command->get_name());
    tree.commands.push_back(DescribeCommand(*command, std::move(below)));
  }
  return tree;
}

// The innermost command that was named.
const CLI::App& Innermost(const CLI::App& app) {
  const CLI::App* inner = &app;
  while (!inner->get_subcommands().empty()) inner = inner->get_subcommands().front();
  return *inner;
}

std::string PathOf(const CLI::App& command) {
  if (command.get_parent() == nullptr) return command.get_name();
  return PathOf(*command.get_parent()) + " " + command.get_name();
}

std::vector<std::string> WordsOf(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* sub : command.get_subcommands(nullptr)) words.push_back(sub->get_name());
  for (const CLI::App* app = &command; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
  }
  return words;
}

Error UsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = Innermost(app);
  std::string message = error.what();
  const auto extras = app.remaining(true);
  // A word that is not understood explains a missing command or argument, too.
  const bool unknown_word = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                            dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  if (unknown_word && !extras.empty()) {
    const auto nearest = NearestWord(extras.front(), WordsOf(command));
    message = fmt::format("{} does not understand \"{}\"{}", PathOf(command), extras.front(),
                          nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : "");
  }
  return {ErrorKind::kInvalidInput, ErrorCode::kUsage, std::move(message),
          fmt::format("{} --help shows what there is.", PathOf(command))};
}

}  // namespace

Option Option::Required() const {
  TheirOption(option_).required();
  return *this;
}

Option Option::ValueName(const std::string& name) const {
  TheirOption(option_).type_name(name);
  return *this;
}

Option Option::ShowDefault() const {
  TheirOption(option_).capture_default_str();
  return *this;
}

Option Option::OnePerUse() const {
  TheirOption(option_).allow_extra_args(false);
  return *this;
}

Option Option::SplitAt(char separator) const {
  TheirOption(option_).delimiter(separator);
  return *this;
}

Option Option::Among(const std::vector<std::string>& choices) const {
  TheirOption(option_).check(CLI::IsMember(choices));
  return *this;
}

Option Option::NonNegative() const {
  // CLI11's message tells the largest double with all its digits.
  const auto what_is_wrong = [](const std::string& value) {
    return CLI::NonNegativeNumber(value).empty()
               ? std::string()
               : fmt::format("Value {} is no number from 0 on", value);
  };
  TheirOption(option_).check(what_is_wrong, CLI::NonNegativeNumber.get_description());
  return *this;
}

Option Option::Between(int least, int most) const {
  TheirOption(option_).check(CLI::Range(least, most));
  return *this;
}

Option Option::Check(std::function<std::string(const std::string& value)> what_is_wrong) const {
  TheirOption(option_).check(std::move(what_is_wrong));
  return *this;
}

Option Option::Excludes(const std::vector<std::string>& names) const {
  for (const std::string& name : names) TheirOption(option_).excludes(name);
  return *this;
}

Option Option::Needs(const std::string& name) const {
  TheirOption(option_).needs(name);
  return *this;
}

bool Option::given() const { return TheirOption(option_).count() > 0; }

std::string Option::name() const { return TheirOption(option_).get_name(); }

Command Command::AddCommand(const std::string& name, const std::string& summary) const {
  CLI::App& command = *TheirApp(app_).add_subcommand(name, summary);
  command.footer("");  // CLI11 hands down that of the command above
  return {&command, chosen_};
}

Command Command::Group(const std::string& heading) const {
  TheirApp(app_).group(heading);
  return *this;
}

Command Command::Footer(const std::string& text) const {
  TheirApp(app_).footer(text);
  return *this;
}

Command Command::RequireCommand() const {
  TheirApp(app_).require_subcommand(1);
  return *this;
}

void Command::OnRun(Run run) const {
  TheirApp(app_).callback([chosen = chosen_, run = std::move(run)] { *chosen = run; });
}

Option Command::AddOption(const std::string& names, std::string& target,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, std::vector<std::string>& target,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, int& target, const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, std::int64_t& target,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, std::uint64_t& target,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, double& target, const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, std::optional<std::int64_t>& target,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option(names, target, help));
}

Option Command::AddOption(const std::string& names, const Take& take,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option_function<std::string>(names, take, help));
}

Option Command::AddOption(const std::string& names, const TakeAll& take,
                          const std::string& help) const {
  return Option(TheirApp(app_).add_option_function<std::vector<std::string>>(names, take, help));
}

Option Command::AddFlag(const std::string& names, bool& target, const std::string& help) const {
  return Option(TheirApp(app_).add_flag(names, target, help));
}

Option Command::AddFlag(const std::string& names, int& target, const std::string& help) const {
  return Option(TheirApp(app_).add_flag(names, target, help));
}

Option Command::AddFlag(const std::string& names, std::function<void()> when_given,
                        const std::string& help) const {
  return Option(TheirApp(app_).add_flag_callback(names, std::move(when_given), help));
}

CommandTree Command::Describe() const { return DescribeCommand(TheirApp(app_), {}); }

struct CommandLine::Parser {
  CLI::App program;
  Command::Run chosen;
};

CommandLine::CommandLine(const std::string& name, const std::string& description)
    : parser_(std::make_unique<Parser>()) {
  CLI::App& program = parser_->program;
  program.name(name);
  program.description(description);
  program.fallthrough();
  program.set_version_flag("--version", name, "Print the version and exit");
  program.set_help_flag("-h,--help", "Show help, of a command too, and exit");
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() const { return {&parser_->program, &parser_->chosen}; }

Result<Request> CommandLine::Parse(std::vector<std::string> arguments) {
  CLI::App& program = parser_->program;
  std::ranges::reverse(arguments);  // as CLI11 takes them
  try {
    program.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Request{.kind = Request::Kind::kHelp, .help = program.help(), .run = {}};
  } catch (const CLI::CallForVersion&) {
    return Request{.kind = Request::Kind::kVersion, .help = {}, .run = {}};
  } catch (const CLI::ParseError& error) {
    return std::unexpected(UsageError(program, error));
  }
  return Request{.kind = Request::Kind::kCommand, .help = {}, .run = parser_->chosen};
}

}  // namespace foreset::cli
