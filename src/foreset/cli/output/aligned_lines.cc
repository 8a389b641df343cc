// SPDX-License-Identifier: MIT
#include "foreset/cli/output/aligned_lines.h"

#include <algorithm>
#include <utility>

#include "foreset/cli/output/column_widths.h"
#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

std::string Padded(const std::string& text, std::size_t width, bool number) {
  const std::size_t taken = DisplayWidth(text);
  const std::string padding(taken < width ? width - taken : 0, ' ');
  return number ? padding + text : text + padding;
}

std::vector<std::string> NamesOf(const std::vector<AlignedColumn>& columns) {
  std::vector<std::string> names;
  for (const AlignedColumn& column : columns) names.push_back(column.name);
  return names;
}

}  // namespace

void AlignedLines::Row(std::vector<std::string> cells, std::string remark) {
  for (std::string& cell : cells) cell = PrintableText(cell, "⏎");
  lines_.push_back({std::move(cells), std::move(remark)});
}

void AlignedLines::WriteTo(const Page& page) const {
  page.cells == 0 ? WritePlain(page) : WriteFitted(page);
}

void AlignedLines::WritePlain(const Page& page) const {
  const auto write = [&](const std::vector<std::string>& cells, const std::string& remark) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool apart = i > 0 && columns_[i - 1].number && !columns_[i].number;
      line += (i == 0  ? ""
               : apart ? "  "
                       : " ") +
              Padded(cells[i], columns_[i].width, columns_[i].number);
    }
    PrintTo(page, "{}{}{}\n", AsIs{line}, remark.empty() ? "" : " ", remark);
  };
  write(NamesOf(columns_), "");
  for (const Entry& entry : lines_) {
    entry.cells.empty() ? PrintTo(page, "{}\n", entry.text) : write(entry.cells, entry.text);
  }
}

void AlignedLines::WriteFitted(const Page& page) const {
  std::vector<ColumnWidth> widths;
  for (const AlignedColumn& column : columns_) {
    widths.push_back({DisplayWidth(column.name), column.number});
  }
  for (const Entry& entry : lines_) {
    for (std::size_t i = 0; i < entry.cells.size(); ++i) {
      widths[i].cells = std::max(widths[i].cells, DisplayWidth(entry.cells[i]));
    }
  }
  FitColumns(widths, page.cells);
  const auto write = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < std::min(cells.size(), widths.size()); ++i) {
      line += std::string(i == 0 ? 0 : kColumnGap, ' ') +
              Padded(CutToWidth(cells[i], widths[i].cells), widths[i].cells, columns_[i].number);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    page.out << line << '\n';
  };
  write(NamesOf(columns_));
  for (const Entry& entry : lines_) {
    if (!entry.cells.empty()) write(entry.cells);
    if (!entry.text.empty()) {
      PrintTo(page, "{}{}\n", entry.cells.empty() ? "" : "    ", entry.text);
    }
  }
}

}  // namespace foreset::cli
