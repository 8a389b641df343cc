// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include "foreset/base/error.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// Whether the column at this index is one by which rows are recognised.
bool IsKeyColumn(const TableSchema& schema, std::size_t column);

// The error of a table whose key holds a value that its type in the lake cannot hold (a date that
// no calendar has): the lake would have NULL for it, and rows that differ in it alone would be one.
Error KeyValueNotKept(const TableSchema& schema, std::size_t column, std::string_view shown);

}  // namespace foreset::mysql
