// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "foreset/capture/mysql/ddl_statement.h"
#include "foreset/capture/mysql/sql_tokens.h"

namespace foreset::mysql {

// Reads one statement of the binlog. `default_database` stands in for names without a database.
// Never fails: a statement that is not about tables is Irrelevant; one about a table that is not
// understood, to its last word, is NotUnderstood. Clauses that change neither rows nor columns
// (followed_forms.h lists them), foreign keys and checks are passed over.
ParsedDdl ParseDdl(std::string_view sql, std::string_view default_database,
                   const SqlDialect& dialect);

}  // namespace foreset::mysql
