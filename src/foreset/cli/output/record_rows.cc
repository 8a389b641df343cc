// SPDX-License-Identifier: MIT
// Each row as a block of lines, a column a line, for rows that are wider than a terminal.
#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/printable_text.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/row_writer.h"
#include "foreset/cli/output/text_width.h"

namespace foreset::cli {
namespace {

class RecordRowWriter final : public RowWriter {
 public:
  RecordRowWriter(const arrow::Schema& schema, std::ostream& out) : out_(out) {
    for (const auto& field : schema.fields()) {
      names_.push_back(PrintableText(field->name()));
      widest_ = std::max(widest_, DisplayWidth(names_.back()));
    }
  }

  Status Write(const arrow::RecordBatch& batch) override {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      out_ << fmt::format("── row {} ──\n", ++rows_);
      for (int i = 0; i < batch.num_columns(); ++i) {
        const std::string& name = names_[static_cast<std::size_t>(i)];
        const std::string padding(widest_ - DisplayWidth(name) + 2, ' ');
        const std::string next_line = "\n" + std::string(widest_ + 2, ' ');
        out_ << name << padding << PrintableText(CellText(*batch.column(i), row), next_line)
             << '\n';
      }
    }
    return CheckStream(out_);
  }

  Status Finish() override {
    out_ << fmt::format("({} row{})\n", rows_, rows_ == 1 ? "" : "s");
    return CheckStream(out_);
  }

 private:
  std::ostream& out_;
  std::vector<std::string> names_;
  std::size_t widest_ = 0;
  std::size_t rows_ = 0;
};

}  // namespace

std::unique_ptr<RowWriter> MakeRecordWriter(const arrow::Schema& schema, std::ostream& out) {
  return std::make_unique<RecordRowWriter>(schema, out);
}

}  // namespace foreset::cli
