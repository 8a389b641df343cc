// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {

// A column definition from its name on, and FIRST or AFTER where it ends so; stops at the comma,
// closing parenthesis or end behind it, or before PARTITION BY. Nothing when the type or a word
// behind it is not known: the cursor is there.
struct ReadColumn {
  ColumnDefinition column;
  ColumnPlace place;
};
std::optional<ReadColumn> ReadColumnDefinition(SqlCursor& cursor, const SqlDialect& dialect);

// The name of a column, with or without those of its table and database before it; empty when
// none stands here.
std::string ReadColumnName(SqlCursor& cursor);

// After the word DEFAULT: what the value is.
DefaultClause ReadDefault(SqlCursor& cursor);

// At the comma, closing parenthesis or end that ends a clause.
bool EndsClause(const SqlCursor& cursor);
// Moves there.
void SkipClause(SqlCursor& cursor);

}  // namespace foreset::mysql
