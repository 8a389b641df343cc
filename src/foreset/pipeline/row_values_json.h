// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

namespace foreset::pipeline {

// One row as a JSON object: numbers and booleans as such (decimals by their digits), NULL as null,
// binary as hexadecimal digits, everything else as text.
std::string RowValuesJson(const arrow::RecordBatch& rows, std::int64_t row);

}  // namespace foreset::pipeline
