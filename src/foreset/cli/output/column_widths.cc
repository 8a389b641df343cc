// SPDX-License-Identifier: MIT
#include "foreset/cli/output/column_widths.h"

#include <algorithm>
#include <utility>

namespace foreset::cli {
namespace {

constexpr std::size_t kNarrowestColumn = 16;

// The columns of a line of so many cells, if those that may be cut have no more than `widest`.
class Fit {
 public:
  Fit(const std::vector<ColumnWidth>& columns, std::size_t line, std::size_t widest)
      : columns_(columns), line_(line), widest_(widest) {}

  std::size_t CellsOf(std::size_t column) const {
    const ColumnWidth& one = columns_[column];
    if (one.whole) return one.cells;
    return std::min(one.cells, column == 0 ? std::max(widest_, line_ / 2) : widest_);
  }

  bool fits() const {
    std::size_t taken = (columns_.size() - 1) * kColumnGap;
    for (std::size_t i = 0; i < columns_.size(); ++i) taken += CellsOf(i);
    return taken <= line_;
  }

 private:
  const std::vector<ColumnWidth>& columns_;
  std::size_t line_;
  std::size_t widest_;
};

}  // namespace

void FitColumns(std::vector<ColumnWidth>& columns, std::size_t line) {
  if (columns.empty()) return;
  while (columns.size() > 1 && !Fit(columns, line, kNarrowestColumn).fits()) columns.pop_back();
  std::size_t widest = line;
  while (widest > kNarrowestColumn && !Fit(columns, line, widest).fits()) --widest;
  const Fit fit(columns, line, widest);
  std::vector<ColumnWidth> fitted = columns;
  for (std::size_t i = 0; i < columns.size(); ++i) fitted[i].cells = fit.CellsOf(i);
  columns = std::move(fitted);
}

}  // namespace foreset::cli
