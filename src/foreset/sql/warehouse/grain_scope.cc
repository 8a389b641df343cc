// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/grain_scope.h"

#include <algorithm>
#include <cctype>

namespace foreset::sql {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

bool Same(std::string_view a, std::string_view b) { return Lower(a) == Lower(b); }

const Rows& UnknownRows() {
  static const Rows rows{false, {{std::string(kUnknown)}}};
  return rows;
}

const Scope::Column* Scope::Find(const Names& name) const {
  const Column* found = nullptr;
  std::set<std::string> passed;  // relations that have one of the name, perhaps
  for (const Column& column : columns) {
    const bool fits = name.size() == 1   ? !column.hidden
                      : name.size() == 2 ? Same(column.alias, name[0])
                      : name.size() == 3
                          ? Same(column.schema, name[0]) && Same(column.alias, name[1])
                          : false;
    if (!fits || passed.contains(column.schema + "." + column.alias)) continue;
    if (column.name != kUnknown && !Same(column.name, name.back())) continue;
    passed.insert(column.schema + "." + column.alias);
    if (column.name == kUnknown) continue;
    if (found != nullptr) return nullptr;
    found = &column;
  }
  return found;
}

int Scope::TagOf(const Names& name) const {
  const Column* column = Find(name);
  return column == nullptr ? kNoTag : column->tag;
}

bool Scope::Lacks(const Names& name) const {
  return std::ranges::none_of(columns, [&](const Column& column) {
    if (name.size() > 1) return Same(column.alias, name[name.size() - 2]);
    return column.name == kUnknown || Same(column.name, name[0]);
  });
}

void Scope::Merge(int a, int b) {
  if (a == kNoTag || b == kNoTag || a == b) return;
  for (Column& column : columns) {
    if (column.tag == b) column.tag = a;
  }
  tags.erase(b);
}

void Scope::Forget(const std::set<int>& gone) {
  for (Column& column : columns) {
    if (gone.contains(column.tag)) column.tag = kNoTag;
  }
  for (const int tag : gone) tags.erase(tag);
}

}  // namespace foreset::sql
