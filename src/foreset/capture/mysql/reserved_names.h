// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace foreset::mysql {

// Whether a source column's name begins with a name that lake tables keep for themselves
// (`_seq`, `_valid_from`, …), without regard to case.
bool IsReservedName(std::string_view column);

// Whether the lake has no place for a table of that name: its own tables are called so
// (`_epochs`, `_schema_changes`, …), or a folder cannot be (`..`).
bool IsReservedTableName(std::string_view table);

}  // namespace foreset::mysql
