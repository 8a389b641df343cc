// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::sql {

// Parts of a column's name, from the outermost.
using Names = std::vector<std::string>;

// Stands for columns that are not known; no column is called so.
inline constexpr std::string_view kUnknown = "*";
// No value of the grain is behind the column.
inline constexpr int kNoTag = -1;

// What a query or table gives: whether it reads a table of the grain, and which columns carry it.
// Each row then comes from one value of the grain alone, which is in each such column.
struct Rows {
  struct Column {
    std::string name;
    bool grain = false;
  };
  bool reads = false;
  std::vector<Column> columns;
};

// Reads no such table, and has columns that are not known.
const Rows& UnknownRows();

// What stands in FROM, joined. Relations whose values of the grain are not known to be equal have
// different tags.
struct GrainScope {
  struct Column {
    std::string schema;
    std::string alias;
    std::string name;
    int tag = kNoTag;
    bool hidden = false;  // merged by USING
  };
  std::vector<Column> columns;
  std::set<int> tags;

  bool reads() const { return !tags.empty(); }

  // Null unless the name can mean one column only.
  const Column* Find(const Names& name) const;
  // Of the column that the name means; kNoTag where that is not known.
  int TagOf(const Names& name) const;
  // Whether the name is surely none of these columns.
  bool Lacks(const Names& name) const;
  // Two columns are equal: their values of the grain are.
  void Merge(int a, int b);
  // From here on nothing is known of these values.
  void Forget(const std::set<int>& gone);
};

}  // namespace foreset::sql
