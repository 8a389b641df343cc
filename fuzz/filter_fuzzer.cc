// SPDX-License-Identifier: MIT
// Any text as a condition of --where: it says which rows pass, or where it is wrong.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/filter/filter_expression.h"

namespace {

std::shared_ptr<arrow::RecordBatch> Rows() {
  const auto image = arrow::struct_({arrow::field("n", arrow::decimal128(10, 2))});
  const auto schema =
      arrow::schema({arrow::field("i", arrow::int64()), arrow::field("t", arrow::utf8()),
                     arrow::field("b", arrow::binary()), arrow::field("d", arrow::date32()),
                     arrow::field("f", arrow::float64()), arrow::field("after", image)});
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(arrow::MakeArrayOfNull(field->type(), 3).ValueOrDie());
  }
  return arrow::RecordBatch::Make(schema, 3, std::move(columns));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto rows = Rows();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = foreset::cli::Filter::Parse(text, *rows->schema());
  if (!filter) return 0;
  for (const std::int64_t row : filter->PassingRows(*rows)) {
    if (row < 0 || row >= rows->num_rows()) std::abort();
  }
  return 0;
}
