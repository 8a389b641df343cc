// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// A key value, as the text protocol carries it, written as the SQL literal that compares with the
// column as the column's own index orders it: ENUM, SET and BIT by number, bytes in hex, character
// data as a string of the session's character set (the column's collation then rules).
std::string KeyLiteral(const ColumnSchema& column, std::string_view value,
                       const Connection& connection);

// "SELECT … FROM … WHERE <after the key> ORDER BY <key> LIMIT n". The condition is written out,
// `a >= x AND (a > x OR (a = x AND b > y))`, because row comparisons use no index range. A table
// without a key is selected whole and unordered. An empty `after_key` starts at the beginning.
std::string ChunkQuery(const TableSchema& schema, const std::vector<std::string>& after_key,
                       std::size_t max_rows);

}  // namespace foreset::mysql
