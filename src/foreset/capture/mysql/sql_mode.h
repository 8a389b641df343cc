// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {

// The bits of sql_mode that the meaning of DDL depends on, as QUERY events carry them.
constexpr std::uint64_t kSqlModeRealAsFloat = 1;
constexpr std::uint64_t kSqlModeAnsiQuotes = 4;
// MariaDB: other languages, in which DATE is a time of day too, or TIMESTAMP a DATETIME.
constexpr std::uint64_t kSqlModeOracle = 1UL << 9U;
constexpr std::uint64_t kSqlModeMaxDb = 1UL << 12U;
constexpr std::uint64_t kSqlModeNoBackslashEscapes = 1UL << 20U;
// STRICT_TRANS_TABLES or STRICT_ALL_TABLES: to ALTER TABLE they are one.
constexpr std::uint64_t kSqlModeStrict = 3UL << 21U;
constexpr std::uint64_t kSqlModePadCharToFullLength = 1UL << 31U;

// How a session of that sql_mode writes its statements.
constexpr SqlDialect DialectOf(std::uint64_t sql_mode, bool is_mariadb) {
  return {.is_mariadb = is_mariadb,
          .ansi_quotes = (sql_mode & kSqlModeAnsiQuotes) != 0,
          .no_backslash_escapes = (sql_mode & kSqlModeNoBackslashEscapes) != 0,
          .real_is_float = (sql_mode & kSqlModeRealAsFloat) != 0};
}

}  // namespace foreset::mysql
