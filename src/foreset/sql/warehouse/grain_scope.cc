// SPDX-License-Identifier: MIT
#include "foreset/sql/warehouse/grain_scope.h"

#include <algorithm>

#include "foreset/model/table_schema.h"

namespace foreset::sql {

const Rows& UnknownRows() {
  static const Rows rows{false, {{std::string(kUnknown)}}};
  return rows;
}

const GrainScope::Column* GrainScope::Find(const Names& name) const {
  const Column* found = nullptr;
  std::set<std::string> passed;  // relations that have one of the name, perhaps
  for (const Column& column : columns) {
    const bool fits = name.size() == 1   ? !column.hidden
                      : name.size() == 2 ? SameName(column.alias, name[0])
                      : name.size() == 3
                          ? SameName(column.schema, name[0]) && SameName(column.alias, name[1])
                          : false;
    if (!fits || passed.contains(column.schema + "." + column.alias)) continue;
    if (column.name != kUnknown && !SameName(column.name, name.back())) continue;
    passed.insert(column.schema + "." + column.alias);
    if (column.name == kUnknown) continue;
    if (found != nullptr) return nullptr;
    found = &column;
  }
  return found;
}

int GrainScope::TagOf(const Names& name) const {
  const Column* column = Find(name);
  return column == nullptr ? kNoTag : column->tag;
}

bool GrainScope::Lacks(const Names& name) const {
  return std::ranges::none_of(columns, [&](const Column& column) {
    if (name.size() > 1) return SameName(column.alias, name[name.size() - 2]);
    return column.name == kUnknown || SameName(column.name, name[0]);
  });
}

void GrainScope::Merge(int a, int b) {
  if (a == kNoTag || b == kNoTag || a == b) return;
  for (Column& column : columns) {
    if (column.tag == b) column.tag = a;
  }
  tags.erase(b);
}

void GrainScope::Forget(const std::set<int>& gone) {
  for (Column& column : columns) {
    if (gone.contains(column.tag)) column.tag = kNoTag;
  }
  for (const int tag : gone) tags.erase(tag);
}

}  // namespace foreset::sql
