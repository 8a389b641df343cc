// SPDX-License-Identifier: MIT
// Any bytes as a CSV file: what is sound of it is so for good, and nothing is torn of that.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>

#include "foreset/batch/csv_structure.h"

namespace foreset::batch {
namespace {

CsvStructure Scan(const std::string& text, const CsvDialect& dialect, std::string& sound) {
  arrow::io::BufferReader reader(arrow::Buffer::FromString(text));
  const auto structure = ScanStructure(reader, dialect, {}, [&](std::string_view rows) -> Status {
    sound += rows;
    return {};
  });
  if (!structure) std::abort();
  return *structure;
}

void Run(const std::string& text) {
  CsvDialect dialect;
  dialect.columns = {{"a", "VARCHAR"}, {"b", "VARCHAR"}};
  if (!text.empty() && text.front() == '\\') dialect.escape = '\\';
  std::string sound;
  const CsvStructure first = Scan(text, dialect, sound);
  std::string again;
  const CsvStructure second = Scan(sound, dialect, again);
  if (second.rows != first.rows || !second.torn_lines.empty() || again != sound) std::abort();
}

}  // namespace
}  // namespace foreset::batch

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::batch::Run(std::string(data, data + size));
  return 0;
}
