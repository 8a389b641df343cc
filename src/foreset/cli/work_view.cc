// SPDX-License-Identifier: MIT
#include "foreset/cli/work_view.h"

#include <algorithm>
#include <cstdint>
#include <ostream>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/base/printable_text.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

constexpr std::size_t kShownParts = 9;
constexpr std::size_t kNameCells = 28;
constexpr std::size_t kWidestBar = 24;

std::string Bar(const WorkPart& part, std::size_t width) {
  const std::uint64_t cells = std::min(part.done, part.all) * width / part.all;
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < cells ? "█" : "░";
  return bar + " ";
}

// The bar has what name and count leave of the cells.
std::string LineOf(const WorkPart& part, const std::string& unit, std::size_t cells) {
  const std::string name = FitToWidth(PrintableText(part.name, " "), kNameCells) + " ";
  if (part.done == 0 && part.all == 0) return name;
  const std::string count = fmt::format("{:>13} {}", FormatCount(part.done), unit);
  const std::size_t taken = kNameCells + 1 + count.size() + 1;
  if (part.all == 0 || taken >= cells) return name + count;
  return name + Bar(part, std::min(kWidestBar, cells - taken)) + count;
}

// The terminal breaks lines that have become too wide for it: that many lines has this one now.
std::size_t RowsOf(std::size_t width, std::size_t columns) {
  return std::max<std::size_t>(1, (width + columns - 1) / columns);
}

}  // namespace

bool DrawsProgress(const Context& context) {
  const auto terminal = context.environment("TERM");
  return context.terminal.err && terminal && *terminal != "dumb" && !context.options.quiet &&
         !context.options.json_messages;
}

WorkView::WorkView(Context& context) : context_(context) {
  BeforeMessages([this] { Erase(); });
}

WorkView::~WorkView() {
  BeforeMessages(nullptr);
  Erase();
}

void WorkView::Draw(const std::vector<WorkPart>& parts, const std::string& unit,
                    const std::string& below) {
  Erase();
  // The last column stays free: a terminal may break the line when it is taken.
  const std::size_t cells = static_cast<std::size_t>(context_.terminal.err_columns()) - 1;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(parts.size(), kShownParts); ++i) {
    lines.push_back(CutToWidth(LineOf(parts[i], unit, cells), cells));
  }
  lines.push_back(CutToWidth(below, cells));
  const MutexLock lock(mutex_);
  for (const std::string& line : lines) {
    context_.err << line << '\n';
    drawn_.push_back(DisplayWidth(line));
  }
  context_.err << std::flush;
}

void WorkView::Erase() {
  const MutexLock lock(mutex_);
  if (drawn_.empty()) return;
  const auto columns = static_cast<std::size_t>(context_.terminal.err_columns());
  std::size_t rows = 0;
  for (const std::size_t width : drawn_) rows += RowsOf(width, columns);
  context_.err << fmt::format("\x1b[{}A\r\x1b[J", rows) << std::flush;
  drawn_.clear();
}

}  // namespace foreset::cli
