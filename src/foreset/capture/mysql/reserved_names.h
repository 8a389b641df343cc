// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "foreset/base/error.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// Whether a source column has a name that lake tables keep for themselves (`_seq`, `_valid_from`,
// …), without regard to case.
bool IsReservedName(std::string_view column);

// kReservedColumnName for the first such column of the table.
std::optional<Error> ReservedNameIn(const TableSchema& table);

}  // namespace foreset::mysql
