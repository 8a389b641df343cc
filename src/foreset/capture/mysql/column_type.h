// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foreset/capture/mysql/sql_tokens.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// A data type as written in a column definition or in information_schema's COLUMN_TYPE.
struct ColumnType {
  SourceType type = SourceType::kInt;
  bool is_unsigned = false;
  bool zero_filled = false;
  std::uint32_t length = 0;  // as ColumnSchema::length
  std::uint32_t scale = 0;
  std::vector<std::string> labels;
  std::string charset;  // only where the text says so
  std::string collation;
  std::string declared;           // normalised: "decimal(18,2) unsigned"
  bool binary_collation = false;  // the BINARY attribute of a character type
  bool serial = false;            // BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE
  // FLOAT and DOUBLE: the digits that are shown, "(10,2)"; TEXT and BLOB: the size asked for.
  std::string display;
};

// Reads a type and the attributes that belong to it (UNSIGNED, CHARACTER SET, …), leaving the
// cursor after them; nothing when the words name no type that is known.
std::optional<ColumnType> ReadColumnType(SqlCursor& cursor, const SqlDialect& dialect);
// The name of a character set or collation at the cursor, as the server writes it; empty for
// DEFAULT.
std::string ReadCharsetName(SqlCursor& cursor);
// The whole text is one type.
std::optional<ColumnType> ParseColumnType(std::string_view text, bool is_mariadb);

bool IsCharacterType(SourceType type);
// CHAR, TEXT, ENUM, SET, JSON…: types whose values are text in a character set.
bool HasCharset(SourceType type);
// "utf8mb4" of "utf8mb4_0900_ai_ci"; empty when the collation's name does not say it.
std::string CharsetOfCollation(std::string_view collation);
// Whether the server shows numbers of the column with leading zeros, up to its precision.
bool IsZeroFilled(const ColumnSchema& column);
// Puts the type's parts where a column keeps them; the name, nullability and default stay.
void AssignType(const ColumnType& type, ColumnSchema& column);

}  // namespace foreset::mysql
