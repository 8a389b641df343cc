// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/sql_tokens.h"
#include "foreset/model/table_schema.h"

// What is followed: forms of statements whose effect on stored rows is certain, each with its
// reason. Whatever is on no list stops its table. A new form comes with a row in the tests of
// tests/capture/test_followed_forms.py, which hold every form against both servers.
namespace foreset::mysql {

// What the effect of a form depends on besides its text.
struct FormContext {
  bool is_mariadb = false;
  bool strict = false;          // sql_mode refuses values that do not fit; false: or not known
  bool pads_char = false;       // PAD_CHAR_TO_FULL_LENGTH: CHAR is read with its padding
  bool texts_are_known = true;  // else a backslash may be one, or an escape
  bool times_are_utc = false;   // the session's time zone is UTC
  bool zone_is_steady = false;  // its offset never changes, or the statement did not use it
};

// Takes a clause of ALTER TABLE, or a run of table options, that leaves rows, columns and keys as
// they are: ADD PARTITION, COMMENT, ALGORITHM, … False when it is none, or goes on with a word that
// is not known.
bool TakeHarmlessClause(SqlCursor& cursor);

// Whether the clause at hand may make the server write all rows anew: it then computes generated
// columns once more, in the session's time zone and language.
bool MayCopyRows(const SqlCursor& cursor);

// Whether an engine holds the rows that a table had in another: InnoDB does, BLACKHOLE does not.
bool EngineKeepsRows(std::string_view engine);

// Why values of a column cannot be taken over when its type changes, if they cannot. A character
// set that is not known (the table's default) is empty.
std::optional<std::string> RetypeProblem(const ColumnSchema& before, const ColumnSchema& after,
                                         const FormContext& context);

// The same for CONVERT TO CHARACTER SET, which makes a TEXT larger where the bytes grow.
std::optional<std::string> ConversionProblem(const ColumnSchema& before, const ColumnSchema& after,
                                             const FormContext& context);

// What the server's client shows for a literal default of the column, when the literal is of a form
// whose meaning is certain; nothing when only the server can tell.
std::optional<std::string> LiteralValue(const ColumnDefinition& column, const FormContext& context);

// What NOT NULL without a default holds: absent in the inner one where that is NULL in the lake (a
// zero date); nothing when it is not known.
std::optional<std::optional<std::string>> ImplicitValue(const ColumnType& type, bool is_mariadb);

// b'101' of a BIT(bits): its digits in full, which is how the lake is told bits.
std::string BitText(std::uint64_t value, std::uint32_t bits);

}  // namespace foreset::mysql
