// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/strong_type.h"

namespace foreset {

// A table of the source. Names are the server's own spelling.
struct TableId {
  std::string database;
  std::string table;
  auto operator<=>(const TableId&) const = default;
  // "database.table"
  std::string ToString() const;
};

// Column types of MySQL and MariaDB, by meaning rather than by wire code.
enum class SourceType : std::uint8_t {
  kTinyInt,
  kSmallInt,
  kMediumInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kBit,
  kYear,
  kDate,
  kTime,
  kDateTime,
  kTimestamp,
  kChar,
  kVarChar,
  kText,  // character data, in `charset`
  kBinary,
  kVarBinary,
  kBlob,  // bytes
  kEnum,
  kSet,
  kJson,
  kGeometry,
  kVector,
  kUuid,
  kInet4,
  kInet6,  // MariaDB; text in the lake
};

// What a column is called in the tables of the lake that never drop one. The lake gives it, the
// source does not know it: it is no part of what makes two columns equal.
struct LakeName {
  std::string text;
  bool operator==(const LakeName&) const { return true; }
};

struct ColumnSchema {
  std::string name;
  SourceType type = SourceType::kInt;
  bool is_unsigned = false;
  bool nullable = true;
  bool generated = false;  // VIRTUAL or STORED: its values come with each row like any other
  // CHAR/VARCHAR: characters. BINARY/VARBINARY: bytes. BIT: bits. DECIMAL: precision. Else 0.
  std::uint32_t length = 0;
  // DECIMAL: digits after the point. TIME/DATETIME/TIMESTAMP: fractional digits 0-6. Else 0.
  std::uint32_t scale = 0;
  std::string charset;  // MySQL's name ("utf8mb4", "latin1"); empty where there is none
  std::string collation;
  std::vector<std::string> labels;  // ENUM and SET, in UTF-8, in declared order
  // The default as the server's client would show the value; absent: none, or not a constant.
  std::optional<std::string> default_value;
  bool default_now = false;  // DEFAULT CURRENT_TIMESTAMP
  bool auto_filled = false;  // AUTO_INCREMENT, or ON UPDATE CURRENT_TIMESTAMP
  // The declared type, as SHOW COLUMNS prints it: "decimal(18,2)", "enum('a','b')".
  std::string declared_type;
  // In bronze and history, where another column had the name before: "a__2"; empty: the name.
  LakeName lake_name;

  bool operator==(const ColumnSchema&) const = default;
  const std::string& InLake() const { return lake_name.text.empty() ? name : lake_name.text; }
};

// How a row of the table is recognised.
enum class KeyKind : std::uint8_t {
  kPrimary,   // the primary key
  kUnique,    // no primary key, but a unique key over NOT NULL columns
  kWholeRow,  // neither: the table is a multiset of rows
};

// Counts the schemas that a table has had; in bronze as `_schema`.
using SchemaVersion = StrongType<std::int64_t, struct SchemaVersionTag>;

// The columns and key of one source table between two schema changes. Immutable once shared.
struct TableSchema {
  TableId id;
  SchemaVersion version{1};
  std::vector<ColumnSchema> columns;
  KeyKind key_kind = KeyKind::kWholeRow;
  std::vector<std::size_t> key;  // indexes into columns, in key order; empty for kWholeRow

  bool operator==(const TableSchema&) const = default;
  // Index of the column of that name (MySQL compares names without case), if any.
  std::optional<std::size_t> FindColumn(std::string_view name) const;
};

// ASCII case-insensitive equality, as identifiers are compared.
bool SameName(std::string_view a, std::string_view b);

}  // namespace foreset
