// SPDX-License-Identifier: MIT
// JSON (one array) and JSON Lines (one object a line).
#include <ostream>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {
namespace {

class JsonRowWriter final : public RowWriter {
 public:
  JsonRowWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out, bool lines)
      : schema_(std::move(schema)), out_(out), lines_(lines) {}

  Status Write(const arrow::RecordBatch& batch) override {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      json_.BeginObject();
      for (int i = 0; i < batch.num_columns(); ++i) {
        json_.Key(schema_->field(i)->name());
        WriteCellJson(*batch.column(i), row, json_);
      }
      json_.EndObject();
      if (!lines_) out_ << (empty_ ? "[\n " : ",\n ");
      out_ << json_.Take();
      if (lines_) out_ << '\n';
      empty_ = false;
    }
    return CheckStream(out_);
  }

  Status Finish() override {
    if (!lines_) out_ << (empty_ ? "[]\n" : "\n]\n");
    return CheckStream(out_);
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  std::ostream& out_;
  bool lines_;
  bool empty_ = true;
  JsonWriter json_;
};

}  // namespace

std::unique_ptr<RowWriter> MakeJsonWriter(std::shared_ptr<arrow::Schema> schema, std::ostream& out,
                                          bool lines) {
  return std::make_unique<JsonRowWriter>(std::move(schema), out, lines);
}

}  // namespace foreset::cli
