// SPDX-License-Identifier: MIT
#include "foreset/cli/output/output_option.h"

#include <algorithm>
#include <utility>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/output/parquet_rows.h"

namespace foreset::cli {

void AddOutputOption(Command command, OutputFormat& format) {
  command
      .AddOption(
          "-o,--output",
          [&format](const std::string& name) {
            const auto& names = OutputFormatNames();
            format = static_cast<OutputFormat>(std::ranges::find(names, name) - names.begin());
          },
          "Form of the rows. Decimals are text in json and jsonl; binary is base64 there, hex in "
          "the others")
      .Among(OutputFormatNames())
      .ValueName("");
}

Result<std::unique_ptr<RowWriter>> OpenRowWriter(OutputFormat format,
                                                 std::shared_ptr<arrow::Schema> schema,
                                                 Context& context) {
  if (format == OutputFormat::kTable && context.terminal.out) {
    return MakeTableWriter(std::move(schema), context.out,
                           static_cast<std::size_t>(context.terminal.columns));
  }
  if (format != OutputFormat::kParquet) {
    return MakeTextWriter(format, std::move(schema), context.out);
  }
  if (context.terminal.out) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "parquet is not for a terminal",
               "Send it to a file: … -o parquet > rows.parquet");
  }
  return MakeParquetRowWriter(std::move(schema), context.out);
}

}  // namespace foreset::cli
