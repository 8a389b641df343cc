// SPDX-License-Identifier: MIT
// Any bytes as a CSV file: each field stands in its row, and lines only go on.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "foreset/batch/csv_evidence.h"
#include "foreset/batch/csv_rows.h"
#include "foreset/batch/text_encoding.h"

namespace foreset::batch {
namespace {

void Run(const std::string& text) {
  CsvDialect dialect;
  dialect.columns = {{"a", "VARCHAR"}, {"b", "VARCHAR"}};
  if (!text.empty() && text.front() == '\\') dialect.escape = '\\';
  if (!text.empty() && text.front() == '#') dialect.comment = '#';
  const auto utf8 = ReadAsUtf8(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(text)), "utf-8");
  if (!utf8) std::abort();
  CsvRows rows(*utf8, dialect, {});
  TypeEvidence evidence(dialect.values);
  std::uint64_t line = 0;
  while (true) {
    const auto more = rows.Next();
    if (!more) std::abort();
    if (!*more) break;
    if (rows.line() <= line || rows.fields().empty()) std::abort();
    line = rows.line();
    std::size_t letters = 0;
    for (const CsvField& field : rows.fields()) {
      letters += field.text.size();
      evidence.Add(field.text);
    }
    if (letters > rows.text().size()) std::abort();
  }
  if (evidence.Type().empty()) std::abort();
}

}  // namespace
}  // namespace foreset::batch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::batch::Run(std::string(data, data + size));
  return 0;
}
