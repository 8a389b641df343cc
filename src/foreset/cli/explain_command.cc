// SPDX-License-Identifier: MIT
#include "foreset/cli/explain_command.h"

#include <charconv>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/error.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/output/print.h"

namespace foreset::cli {
namespace {

std::string Page(const ErrorPage& page) {
  return fmt::format("{}  {}\n\n  Cause      {}\n  Next step  {}\n  Exit code  {}\n",
                     FormatCode(page.code), page.title, page.cause, page.next_step, page.exit_code);
}

Result<const ErrorPage*> FindPage(std::string_view code) {
  std::string_view digits = code;
  if (digits.starts_with('E') || digits.starts_with('e')) digits.remove_prefix(1);
  std::uint16_t number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && rest == digits.data() + digits.size();
  if (const ErrorPage* page = whole ? FindErrorPage(number) : nullptr) return page;
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("\"{}\" is not an error code", code),
             "`foreset explain` alone lists all codes.");
}

Result<int> Explain(const std::vector<std::string>& codes, Context& context) {
  if (codes.empty()) {
    for (const ErrorPage& page : AllErrorPages()) {
      PrintTo(OutPage(context), "{}  exit {:>2}  {}\n", FormatCode(page.code), page.exit_code,
              page.title);
    }
    return kExitOk;
  }
  std::string text;
  for (const std::string& code : codes) {
    const ErrorPage* page = TRY(FindPage(code));
    text += (text.empty() ? "" : "\n") + Page(*page);
  }
  PrintTo(OutPage(context), "{}", AsIs{text});
  return kExitOk;
}

}  // namespace

void RegisterExplain(Command app, Context& context) {
  auto codes = std::make_shared<std::vector<std::string>>();
  const Command command = app.AddCommand("explain", "Explain an error code");
  command.Group(kGroupRepair);
  command.AddOption("CODE", *codes, "Error codes, such as E2104; none: list all");
  command.OnRun([codes, &context] { return Explain(*codes, context); });
}

}  // namespace foreset::cli
