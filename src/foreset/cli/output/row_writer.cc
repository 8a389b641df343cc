// SPDX-License-Identifier: MIT
#include "foreset/cli/output/row_writer.h"

#include <ostream>
#include <utility>

namespace foreset::cli {

const std::vector<std::string>& OutputFormatNames() {
  static const std::vector<std::string> names{"table", "json",     "jsonl",
                                              "csv",   "markdown", "parquet"};
  return names;
}

Status CheckStream(const std::ostream& out) {
  if (out.good()) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed, "the output cannot be written");
}

std::unique_ptr<RowWriter> MakeTextWriter(OutputFormat format,
                                          std::shared_ptr<arrow::Schema> schema,
                                          std::ostream& out) {
  switch (format) {
    case OutputFormat::kJson:
      return MakeJsonWriter(std::move(schema), out, false);
    case OutputFormat::kJsonLines:
      return MakeJsonWriter(std::move(schema), out, true);
    case OutputFormat::kCsv:
      return MakeCsvWriter(std::move(schema), out);
    case OutputFormat::kMarkdown:
      return MakeMarkdownWriter(std::move(schema), out);
    case OutputFormat::kTable:
    case OutputFormat::kParquet:
      break;
  }
  return MakeTableWriter(std::move(schema), out);
}

}  // namespace foreset::cli
