// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace foreset::cli {

// A column as a terminal may show it.
struct ColumnWidth {
  std::size_t cells = 0;  // that its widest value takes
  bool whole = false;     // such as numbers: no value is cut
};

inline constexpr std::size_t kColumnGap = 2;  // between columns

// Makes the columns fit a line: the widest ones that may be cut become narrower, but none so narrow
// that its values say nothing; where that does not do, the last ones are dropped, and what they
// leave is given back. The first column, which names the row, is not cut below half a line. It is
// always left, and may be wider than the line if it is whole.
void FitColumns(std::vector<ColumnWidth>& columns, std::size_t line);

}  // namespace foreset::cli
