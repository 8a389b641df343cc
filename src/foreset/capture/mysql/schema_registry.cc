// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_registry.h"

#include <algorithm>
#include <utility>

namespace foreset::mysql {

std::shared_ptr<const TableSchema> SchemaRegistry::Find(const TableId& id) const {
  const auto found = tables_.find(id);
  return found == tables_.end() ? nullptr : found->second.schema;
}

Sequence SchemaRegistry::After(const TableId& id) const {
  const auto found = tables_.find(id);
  return found == tables_.end() ? Sequence() : found->second.after;
}

void SchemaRegistry::Put(std::shared_ptr<const TableSchema> schema, Sequence after) {
  TableId id = schema->id;
  SchemaVersion& highest = versions_[id];
  highest = std::max(highest, schema->version);
  tables_.insert_or_assign(std::move(id), Entry{std::move(schema), after});
  ++generation_;
}

void SchemaRegistry::Erase(const TableId& id) {
  if (tables_.erase(id) > 0) ++generation_;
}

SchemaVersion SchemaRegistry::NextVersion(const TableId& id) const {
  const auto found = versions_.find(id);
  return found == versions_.end() ? SchemaVersion(1) : found->second.Next();
}

}  // namespace foreset::mysql
