// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_filter.h"

#include <algorithm>
#include <array>

#include "foreset/capture/mysql/name_folding.h"

namespace foreset::mysql {
namespace {

constexpr std::array<std::string_view, 4> kSystemSchemas = {"mysql", "information_schema",
                                                            "performance_schema", "sys"};

bool IsSystemSchema(std::string_view database) {
  return std::ranges::any_of(kSystemSchemas,
                             [&](std::string_view name) { return SameName(name, database); });
}

}  // namespace

// The usual two-pointer match: at a mismatch go back to the last `*` and let it take one more.
bool GlobMatches(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

TableFilter::TableFilter(const std::vector<std::string>& tables,
                         const std::vector<std::string>& exclude, bool fold_names)
    : fold_names_(fold_names),
      tables_(Split(tables, fold_names)),
      exclude_(Split(exclude, fold_names)) {}

std::vector<TableFilter::Glob> TableFilter::Split(const std::vector<std::string>& globs,
                                                  bool fold_names) {
  std::vector<Glob> split;
  for (const std::string& written : globs) {
    const std::string glob = fold_names ? FoldedName(written) : written;
    const std::size_t point = glob.find('.');
    if (point == std::string::npos) {
      split.push_back({"*", glob});
    } else {
      split.push_back({glob.substr(0, point), glob.substr(point + 1)});
    }
  }
  return split;
}

bool TableFilter::Matches(const TableId& table) const {
  if (IsSystemSchema(table.database)) return false;
  const std::string database = fold_names_ ? FoldedName(table.database) : table.database;
  const std::string name = fold_names_ ? FoldedName(table.table) : table.table;
  const auto matches = [&](const Glob& glob) {
    return GlobMatches(glob.database, database) && GlobMatches(glob.table, name);
  };
  return std::ranges::any_of(tables_, matches) && std::ranges::none_of(exclude_, matches);
}

bool TableFilter::MayMatchDatabase(std::string_view database) const {
  const std::string name = fold_names_ ? FoldedName(database) : std::string(database);
  return !IsSystemSchema(database) && std::ranges::any_of(tables_, [&](const Glob& glob) {
    return GlobMatches(glob.database, name);
  });
}

}  // namespace foreset::mysql
