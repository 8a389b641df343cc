// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"

namespace foreset::batch {

// Refuses a Parquet file of which a Delta table, or DuckDB on the way there, would keep other
// values: decimals of more than 38 digits, and times of which some have a part below a microsecond.
// kUnsupported (kTypeWithoutDelta) names the column; kParquetDamaged comes out as it is. Only
// columns of times in nanoseconds are read.
Status CheckParquetValues(const std::string& path);

}  // namespace foreset::batch
