// SPDX-License-Identifier: MIT
// CSV (RFC 4180, LF line ends, a header): NULL is an empty field, empty text is "".
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {
namespace {

std::string Quoted(std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

class CsvRowWriter final : public RowWriter {
 public:
  CsvRowWriter(const std::shared_ptr<arrow::Schema>& schema, std::ostream& out) : out_(out) {
    for (const auto& field : schema->fields()) {
      if (field != schema->field(0)) out_ << ',';
      out_ << Quoted(field->name());
    }
    out_ << '\n';
  }

  Status Write(const arrow::RecordBatch& batch) override {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      for (int i = 0; i < batch.num_columns(); ++i) {
        if (i > 0) out_ << ',';
        if (!batch.column(i)->IsNull(row)) out_ << Quoted(CellText(*batch.column(i), row));
      }
      out_ << '\n';
    }
    return CheckStream(out_);
  }

  Status Finish() override { return CheckStream(out_); }

 private:
  std::ostream& out_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeCsvWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out) {
  return std::make_unique<CsvRowWriter>(schema, out);
}

}  // namespace foreset::cli
