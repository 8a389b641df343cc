// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/model/table_schema.h"

namespace foreset {

// How DATETIME is kept: as a wall-clock time without zone (Delta's timestamp_ntz), or, for tables
// that must stay at reader version 1, as a timestamp read as UTC.
enum class DateTimeAs : std::uint8_t { kWallClock, kUtc };

// The Arrow type in which a column's values travel and are stored; the one mapping from source
// types to lake types:
//   TINYINT int8 · SMALLINT, TINYINT UNSIGNED int16 · MEDIUMINT, INT, SMALLINT/MEDIUMINT UNSIGNED
//   int32 · BIGINT, INT UNSIGNED int64 · BIGINT UNSIGNED decimal128(20,0) · FLOAT float32 ·
//   DOUBLE float64 · DECIMAL decimal128(p,s), utf8 when p > 38 · YEAR int16 · BIT(1) bool ·
//   BIT(n) binary, big-endian · DATE date32 · TIME int64 microseconds, signed ·
//   DATETIME timestamp[us] · TIMESTAMP timestamp[us, UTC] · character types, ENUM, SET, JSON,
//   UUID, INET utf8 · BINARY, VARBINARY, BLOB binary · GEOMETRY binary (server's SRID + WKB) ·
//   VECTOR list<float32>.
std::shared_ptr<arrow::DataType> ArrowTypeOf(const ColumnSchema& column,
                                             DateTimeAs datetime = DateTimeAs::kWallClock);

// All columns in order, every field nullable.
std::shared_ptr<arrow::Schema> ArrowSchemaOf(const TableSchema& schema,
                                             DateTimeAs datetime = DateTimeAs::kWallClock);

}  // namespace foreset
