// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_filter.h"

#include <algorithm>
#include <array>

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
                         const std::vector<std::string>& exclude)
    : tables_(Split(tables)), exclude_(Split(exclude)) {}

std::vector<TableFilter::Glob> TableFilter::Split(const std::vector<std::string>& globs) {
  std::vector<Glob> split;
  for (const std::string& glob : globs) {
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
  const auto matches = [&](const Glob& glob) {
    return GlobMatches(glob.database, table.database) && GlobMatches(glob.table, table.table);
  };
  return !IsSystemSchema(table.database) && std::ranges::any_of(tables_, matches) &&
         std::ranges::none_of(exclude_, matches);
}

bool TableFilter::MayMatchDatabase(std::string_view database) const {
  return !IsSystemSchema(database) && std::ranges::any_of(tables_, [&](const Glob& glob) {
    return GlobMatches(glob.database, database);
  });
}

}  // namespace foreset::mysql
