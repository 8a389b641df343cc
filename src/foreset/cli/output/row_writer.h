// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::cli {

enum class OutputFormat : std::uint8_t { kTable, kJson, kJsonLines, kCsv, kMarkdown, kParquet };

// Their names, in the enumerators' order.
const std::vector<std::string>& OutputFormatNames();

// Writes rows in one form. How values look: output/cell_text.h. json, jsonl, csv and parquet hold
// one batch at a time; markdown too; table looks at the first rows to find the columns' widths.
// Not thread-safe.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // Batches have the schema that the writer was made with. kOutputFailed when the stream is closed.
  virtual Status Write(const arrow::RecordBatch& batch) = 0;
  // What belongs after the last row. Must be called, for no rows too.
  virtual Status Finish() = 0;
};

// The writer for a form other than parquet. `out` outlives it.
std::unique_ptr<RowWriter> MakeTextWriter(OutputFormat format,
                                          std::shared_ptr<arrow::Schema> schema, std::ostream& out);

// One siblings' file each. `places`: of a terminal's line, into which a table's lines are cut; 0:
// no limit.
std::unique_ptr<RowWriter> MakeTableWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out,
                                           std::size_t places = 0);
std::unique_ptr<RowWriter> MakeRecordWriter(const arrow::Schema& schema, std::ostream& out);
std::unique_ptr<RowWriter> MakeMarkdownWriter(std::shared_ptr<arrow::Schema> schema,
                                              std::ostream& out);
std::unique_ptr<RowWriter> MakeCsvWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out);
std::unique_ptr<RowWriter> MakeJsonWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out,
                                          bool lines);

// kOutputFailed unless the stream is well.
Status CheckStream(const std::ostream& out);

}  // namespace foreset::cli
