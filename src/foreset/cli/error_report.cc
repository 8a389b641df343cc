// SPDX-License-Identifier: MIT
#include "foreset/cli/error_report.h"

#include <cstdint>
#include <ostream>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/printable_text.h"
#include "foreset/base/time_text.h"
#include "foreset/cli/output/print.h"

namespace foreset::cli {
namespace {

const ErrorPage* PageOf(const Error& error) {
  return FindErrorPage(static_cast<std::uint16_t>(error.code));
}

constexpr std::size_t kUnderTheText = 8;

std::string Painted(std::string_view text, const char* sequence, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", sequence, text) : std::string(text);
}

// Further lines stand under the first, so that none passes for one of the program's own.
std::string Indented(std::string_view text) { return PrintableText(text, "\n        "); }

}  // namespace

int ExitCodeOf(const Error& error) {
  const ErrorPage* page = PageOf(error);
  return page == nullptr ? 1 : page->exit_code;
}

std::string DescribeError(const Error& error, bool colour) {
  const std::string code = FormatCode(error.code);
  std::string text = fmt::format("{} {}\n", Painted("error " + code + ":", "1;31", colour),
                                 Indented(error.message));
  if (const ErrorPage* page = PageOf(error)) {
    text += fmt::format("  {}  {}\n", Painted("why:", "2", colour), Indented(page->cause));
  }
  text += fmt::format("  {} {}\n", Painted("next:", "2", colour), Indented(error.NextStep()));
  return text + fmt::format("  {} foreset explain {}\n", Painted("more:", "2", colour), code);
}

std::string DescribeErrorAsJson(const Error& error, Timestamp now) {
  const ErrorPage* page = PageOf(error);
  JsonWriter json;
  json.BeginObject()
      .Member("ts", TimestampText(now.value(), true))
      .Member("level", "error")
      .Member("code", FormatCode(error.code))
      .Member("msg", error.message)
      .Member("why", page == nullptr ? std::string_view() : page->cause)
      .Member("next", error.NextStep())
      .EndObject();
  return json.Take() + "\n";
}

int ReportError(const Error& error, Context& context) {
  context.out.flush();
  context.err << (context.options.json_messages
                      ? DescribeErrorAsJson(error, context.clock.Now())
                      : WrapText(
                            DescribeError(error, context.options.colour && context.terminal.err),
                            ErrPage(context).cells, kUnderTheText))
              << std::flush;
  return ExitCodeOf(error);
}

}  // namespace foreset::cli
