// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>

#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// The schemas that the captured tables have at the place of the binlog that has been read so far.
// Rows are decoded with them; DDL statements move them on. Not thread-safe.
class SchemaRegistry {
 public:
  using Tables = std::map<TableId, std::shared_ptr<const TableSchema>>;

  // Null when the table is not known.
  std::shared_ptr<const TableSchema> Find(const TableId& id) const;
  // Adds the table or replaces its schema; the key is schema->id.
  void Put(std::shared_ptr<const TableSchema> schema);
  // Forgets the table; nothing happens when it is not known.
  void Erase(const TableId& id);

  const Tables& tables() const { return tables_; }

 private:
  Tables tables_;
};

}  // namespace foreset::mysql
