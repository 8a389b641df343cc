// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {

// A column definition from its name on, and FIRST or AFTER where it ends so; stops at the comma,
// closing parenthesis or end behind it. Nothing when the type is not known.
struct ReadColumn {
  ColumnDefinition column;
  ColumnPlace place;
};
std::optional<ReadColumn> ReadColumnDefinition(SqlCursor& cursor, bool is_mariadb);

// After the word DEFAULT: what the value is.
std::pair<DefaultKind, std::string> ReadDefault(SqlCursor& cursor);

// Moves to the comma, closing parenthesis or end that ends the clause at the cursor.
void SkipClause(SqlCursor& cursor);

}  // namespace foreset::mysql
