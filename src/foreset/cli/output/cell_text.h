// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

#include "foreset/base/json_writer.h"

namespace foreset::cli {

// The value of one row of a column as canonical text: integers and decimals exact, floats the
// shortest text that reads back the same, dates and timestamps ISO 8601 ("Z" for instants),
// binary in hex, structs, lists and maps as JSON. "NULL" for a null.
std::string CellText(const arrow::Array& column, std::int64_t row);

// The same as a JSON value: numbers as numbers, except that decimals are strings (JSON readers
// would round them), as are NaN and the infinities; binary in base64; structs as objects; maps
// with text keys as objects, others as arrays of {"key","value"}.
void WriteCellJson(const arrow::Array& column, std::int64_t row, JsonWriter& json);

}  // namespace foreset::cli
