// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "foreset/capture/mysql/sql_tokens.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// The tables that a statement may change: what stands where INSERT, REPLACE, UPDATE, DELETE and
// LOAD name them, so that every table that it changes by itself is among them, and those that it
// joins may be; aliases and words of the language are, too. `default_database` stands in for names
// without a database. What triggers, functions and views change besides, the text does not tell.
// Nothing when the text does not say which tables: CALL, DO, SELECT, what is no such statement.
std::optional<std::vector<TableId>> TablesChangedBy(std::string_view sql,
                                                    std::string_view default_database,
                                                    const SqlDialect& dialect);

}  // namespace foreset::mysql
