// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/capture/debezium/source_block.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

enum class TableChangeKind : std::uint8_t { kCreate, kAlter, kDrop };

// One element of `tableChanges`. The table's version is 1.
struct TableChange {
  TableChangeKind kind = TableChangeKind::kAlter;
  TableId id;
  std::optional<TableId> renamed_from;
  std::optional<TableSchema> table;  // absent for kDrop
};

// A record of the schema-change topic `<prefix>`, or of the internal schema history (whose position
// is the one before the statement: it orders records, but is not the place of the statement).
struct SchemaRecord {
  bool from_history = false;
  bool is_mariadb = false;
  SnapshotKind snapshot = SnapshotKind::kNone;
  std::string file;
  std::uint64_t position = 0;
  std::string gtid;
  std::uint64_t server_id = 0;
  Timestamp committed_at;
  std::string database;  // of the session
  std::string ddl;
  std::vector<TableChange> changes;
};

// Reads Message::payload of a kSchemaChange. Tables are described as native capture describes them
// (types, lengths, labels, nullability, key), completed from the statement's text where that is a
// CREATE TABLE with columns: collations, generated columns, the choice between primary and unique
// key. kInvalidInput with kSchemaRecordUndecodable when it is not such a record; kUnsupported with
// kColumnTypeUnsupported when a column's type is not known.
Result<SchemaRecord> ReadSchemaRecord(std::string_view payload);

}  // namespace foreset::debezium
