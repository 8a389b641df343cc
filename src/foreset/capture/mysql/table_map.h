// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// Codes of column types in binlog events.
enum class WireType : std::uint8_t {
  kDecimalOld = 0,
  kTiny = 1,
  kShort = 2,
  kLong = 3,
  kFloat = 4,
  kDouble = 5,
  kNull = 6,
  kTimestamp = 7,
  kLongLong = 8,
  kInt24 = 9,
  kDate = 10,
  kTime = 11,
  kDateTime = 12,
  kYear = 13,
  kNewDate = 14,
  kVarChar = 15,
  kBit = 16,
  kTimestamp2 = 17,
  kDateTime2 = 18,
  kTime2 = 19,
  kTypedArray = 20,
  kMariaBlobCompressed = 140,
  kMariaVarCharCompressed = 141,
  kVector = 242,
  kJson = 245,
  kNewDecimal = 246,
  kEnum = 247,
  kSet = 248,
  kTinyBlob = 249,
  kMediumBlob = 250,
  kLongBlob = 251,
  kBlob = 252,
  kVarString = 253,
  kString = 254,
  kGeometry = 255,
};

inline constexpr std::size_t kMaxTableColumns = 4096;

// One column of a table map. What is optional is there with binlog_row_metadata=FULL.
struct TableMapColumn {
  WireType type = WireType::kNull;  // ENUM and SET already told apart from CHAR
  std::uint32_t length = 0;         // greatest length in bytes, where the type has one
  std::uint8_t length_bytes = 0;    // of the length before each value; 0: fixed
  std::uint8_t precision = 0;       // DECIMAL
  std::uint8_t scale = 0;           // DECIMAL; fractional digits of temporal types
  bool nullable = true;
  std::optional<bool> is_unsigned;
  std::uint32_t collation = 0;                          // 0 when not told
  std::string_view name;                                // UTF-8; empty when not told
  std::optional<std::vector<std::string_view>> labels;  // ENUM, SET; in the column's charset
  std::optional<std::uint64_t> geometry_type;
  std::optional<std::uint64_t> dimensions;  // VECTOR
  std::optional<bool> visible;
};

struct KeyPart {
  std::uint64_t column = 0;
  std::uint64_t prefix = 0;  // characters; 0: the whole value
  bool operator==(const KeyPart&) const = default;
};

// Which table: enough to decide whether the rest matters. Views point into the event.
struct TableMapHead {
  std::uint64_t table_id = 0;
  std::string_view database;
  std::string_view table;
  Bytes rest;
};

// A TABLE_MAP event: the numeric id that rows events use until further notice, and the columns.
// Views point into the event's body, which must outlive it.
struct TableMap {
  std::uint64_t table_id = 0;
  TableId table;
  std::vector<TableMapColumn> columns;
  std::vector<KeyPart> primary_key;  // of `columns`; empty when not told, or none
  bool has_names = false;
};

// kCorruption with kBinlogEventDamaged when the event contradicts itself. `short_ids`: see
// FormatDescription::rows_header_is_short.
Result<TableMapHead> ParseTableMapHead(Bytes body, bool short_ids);
// The two servers differ in which columns some of the optional metadata count.
Result<TableMap> ParseTableMap(const TableMapHead& head, bool is_mariadb);

}  // namespace foreset::mysql
