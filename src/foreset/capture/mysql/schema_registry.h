// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "foreset/model/sequence.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// The schemas that the captured tables have at the place of the binlog that has been read so far.
// Rows are decoded with them; DDL statements move them on. Not thread-safe.
class SchemaRegistry {
 public:
  struct Entry {
    std::shared_ptr<const TableSchema> schema;
    // FollowedTable::after: changes and DDL of the table below it are passed over.
    Sequence after;
  };
  using Tables = std::map<TableId, Entry>;

  // Null when the table is not known.
  std::shared_ptr<const TableSchema> Find(const TableId& id) const;
  // Zero when the table is not known, or followed from the start.
  Sequence After(const TableId& id) const;
  // Adds the table or replaces its schema; the key is schema->id.
  void Put(std::shared_ptr<const TableSchema> schema, Sequence after = {});
  // Forgets the table but for its version; nothing happens when it is not known.
  void Erase(const TableId& id);
  // Of the schema that the table gets next: versions of one name never repeat.
  SchemaVersion NextVersion(const TableId& id) const;

  const Tables& tables() const { return tables_; }
  // Rises with every change.
  std::uint64_t generation() const { return generation_; }

 private:
  Tables tables_;
  std::map<TableId, SchemaVersion> versions_;  // the highest of each name
  std::uint64_t generation_ = 0;
};

}  // namespace foreset::mysql
