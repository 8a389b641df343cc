// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/schema_registry.h"

#include <utility>

namespace foreset::mysql {

std::shared_ptr<const TableSchema> SchemaRegistry::Find(const TableId& id) const {
  const auto found = tables_.find(id);
  return found == tables_.end() ? nullptr : found->second;
}

void SchemaRegistry::Put(std::shared_ptr<const TableSchema> schema) {
  TableId id = schema->id;
  tables_.insert_or_assign(std::move(id), std::move(schema));
}

void SchemaRegistry::Erase(const TableId& id) { tables_.erase(id); }

}  // namespace foreset::mysql
