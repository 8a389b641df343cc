// SPDX-License-Identifier: MIT
#include "foreset/cli/output/wrapped_text.h"

#include <algorithm>

#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

constexpr std::size_t kNarrowest = 20;  // a terminal with fewer cells is left to itself
constexpr std::size_t kFullLine = 60;   // of prose: what is shorter ends its paragraph
constexpr std::size_t kFurtherIn = 2;

// Without the colours' sequences.
std::size_t CellsOf(std::string_view text) {
  std::size_t cells = 0;
  for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b')) {
    cells += DisplayWidth(text.substr(0, at));
    text.remove_prefix(std::min(text.size(), text.find('m', at)));
    text.remove_prefix(std::min<std::size_t>(text.size(), 1));
  }
  return cells + DisplayWidth(text);
}

std::size_t IndentOf(std::string_view line) {
  return std::min(line.size(), line.find_first_not_of(' '));
}

// A label takes two fifths of the line at the most.
std::size_t HangOf(std::string_view line, std::size_t cells) {
  const std::size_t indent = IndentOf(line);
  const std::size_t gap = line.find("  ", indent);
  const std::size_t text = line.find_first_not_of(' ', gap);
  if (gap != std::string_view::npos && text != std::string_view::npos) {
    const std::size_t label = CellsOf(line.substr(0, text));
    if (label * 5 <= cells * 2) return label;
  }
  return indent + kFurtherIn;
}

// The end of the word at the text's beginning; a span in backticks that fits `room` is not broken.
std::size_t WordEnd(std::string_view text, std::size_t room) {
  std::size_t end = std::min(text.size(), text.find(' '));
  const std::size_t opened = text.substr(0, end).find('`');
  if (opened != std::string_view::npos) {
    const std::size_t closed = text.find('`', opened + 1);
    const std::size_t after = std::min(text.size(), text.find(' ', closed));
    if (closed != std::string_view::npos && CellsOf(text.substr(0, after)) <= room) return after;
  }
  while (CellsOf(text.substr(0, end)) > room) {
    const std::size_t comma = text.substr(0, end - 1).rfind(',');
    if (comma == std::string_view::npos) break;
    end = comma + 1;
  }
  return end;
}

std::string WrapLine(std::string_view line, std::size_t cells, std::size_t hang) {
  if (CellsOf(line) <= cells) return std::string(line);
  std::string wrapped;
  std::size_t taken = 0;
  while (!line.empty()) {
    const std::size_t spaces = IndentOf(line);
    const std::string_view rest = line.substr(spaces);
    const std::size_t end = WordEnd(rest, cells - hang);
    const std::size_t width = CellsOf(rest.substr(0, end));
    if (taken > hang && taken + spaces + width > cells) {
      wrapped += '\n' + std::string(hang, ' ');
      taken = hang;
    } else {
      wrapped += line.substr(0, spaces);
      taken += spaces;
    }
    wrapped += rest.substr(0, end);
    taken += width;
    line = rest.substr(end);
  }
  return wrapped;
}

template <typename Function>
void ForEachLine(std::string_view text, const Function& function) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    function(text.substr(0, end), end != std::string_view::npos);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

bool IsProse(std::string_view line) { return !line.empty() && line.front() != ' '; }

}  // namespace

std::string WrapText(std::string_view text, std::size_t cells, std::optional<std::size_t> hang) {
  if (cells < kNarrowest) return std::string(text);
  std::string wrapped;
  ForEachLine(text, [&](std::string_view line, bool ends) {
    const std::size_t own = hang ? std::max(*hang, IndentOf(line)) : HangOf(line, cells);
    wrapped += WrapLine(line, cells, std::min(own, cells / 2));
    if (ends) wrapped += '\n';
  });
  return wrapped;
}

std::string ReflowText(std::string_view text, std::size_t cells) {
  if (cells < kNarrowest) return std::string(text);
  std::string paragraphs;
  bool goes_on = false;
  ForEachLine(text, [&](std::string_view line, bool ends) {
    if (goes_on && IsProse(line)) paragraphs.back() = ' ';
    paragraphs += line;
    if (ends) paragraphs += '\n';
    goes_on = ends && IsProse(line) && line.size() >= kFullLine;
  });
  std::string wrapped;
  ForEachLine(paragraphs, [&](std::string_view line, bool ends) {
    wrapped += WrapLine(line, cells, IsProse(line) ? 0 : std::min(HangOf(line, cells), cells / 2));
    if (ends) wrapped += '\n';
  });
  return wrapped;
}

}  // namespace foreset::cli
