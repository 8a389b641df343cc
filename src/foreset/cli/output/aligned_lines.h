// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "foreset/cli/output/print.h"

namespace foreset::cli {

struct AlignedColumn {
  std::string name;
  std::size_t width = 0;  // at the least, where the lines go to no terminal
  bool number = false;    // stands at the right, and is never cut
};

// What a command tells in columns, with its own lines between the rows. A file or pipe has all of
// it, in columns that do not depend on what they hold. On a terminal columns are as wide as what
// they hold, and fit its lines: texts are cut, the last columns go if need be.
class AlignedLines {
 public:
  explicit AlignedLines(std::vector<AlignedColumn> columns) : columns_(std::move(columns)) {}

  // Cells for the first columns, and a remark in place of the rest, which is never cut.
  void Row(std::vector<std::string> cells, std::string remark = "");
  // A line of its own.
  void Line(std::string text) { lines_.push_back({{}, std::move(text)}); }

  void WriteTo(const Page& page) const;

 private:
  struct Entry {
    std::vector<std::string> cells;  // none: a line
    std::string text;
  };

  void WritePlain(const Page& page) const;
  void WriteFitted(const Page& page) const;

  std::vector<AlignedColumn> columns_;
  std::vector<Entry> lines_;
};

}  // namespace foreset::cli
