// SPDX-License-Identifier: MIT
#pragma once

#include <iosfwd>
#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {

// Rows as one Parquet file on a stream. Every column is written as nullable. `out` outlives it.
Result<std::unique_ptr<RowWriter>> MakeParquetRowWriter(std::shared_ptr<arrow::Schema> schema,
                                                        std::ostream& out);

}  // namespace foreset::cli
