// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// One field of a Connect struct as the JSON converter writes it.
struct ConnectField {
  std::string name;
  std::string type;     // "int32", "string", "struct", …
  std::string logical;  // "io.debezium.time.Date", …; empty: a plain value
  bool optional = false;
  bool has_default = false;
  std::map<std::string, std::string, std::less<>> parameters;

  bool operator==(const ConnectField&) const = default;
  // Empty when there is no such parameter.
  std::string_view Parameter(std::string_view parameter) const;
};

// The schema that a message carries of its row: the fields of `after` in an envelope, all fields
// of an unwrapped record. Immutable.
class ConnectSchema {
 public:
  // `schema` is the JSON text of the `schema` member. kInvalidInput with kMessageUndecodable when
  // it is not a struct, or an envelope without rows.
  static Result<ConnectSchema> Parse(std::string_view schema);
  // The fields of a record's key, in its order: with their types where the key carries its schema,
  // with names only where it is bare ({"id":1}). kInvalidInput as above.
  static Result<ConnectSchema> OfKey(std::string_view key);

  const std::vector<ConnectField>& fields() const { return fields_; }
  // Null when there is no such field.
  const ConnectField* Find(std::string_view name) const;

 private:
  std::vector<ConnectField> fields_;
};

// The table as far as Connect schemas tell it: `__debezium.source.column.type` (and length, scale)
// where the connector propagates them, else the type that the Connect type stands for: int16 is
// SMALLINT, MicroTimestamp DATETIME(6), string LONGTEXT, and so on. Fields whose name begins with
// `added_prefix` are no columns. The key's columns are those of `key` (the key's own schema), in
// its order; a null key makes a table without one. Connect does not tell a primary from a unique
// key: it counts as primary. kUnsupported with kColumnTypeUnsupported when a type is not known.
Result<TableSchema> TableSchemaOf(const TableId& id, const ConnectSchema& value,
                                  const ConnectSchema* key, std::string_view added_prefix);

}  // namespace foreset::debezium
