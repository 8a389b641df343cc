// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {

class Command;

// Adds -o/--output; `format` must outlive parsing.
void AddOutputOption(Command command, OutputFormat& format);

// The writer of that form to standard output. Parquet is refused on a terminal (kUsage).
Result<std::unique_ptr<RowWriter>> OpenRowWriter(OutputFormat format,
                                                 std::shared_ptr<arrow::Schema> schema,
                                                 Context& context);

}  // namespace foreset::cli
