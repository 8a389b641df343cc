// SPDX-License-Identifier: MIT
#include "foreset/batch/bad_rows.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <arrow/io/file.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/json_writer.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

constexpr ArrowBlame kUnwritable{ErrorKind::kTransient, ErrorCode::kOutputFailed};

std::string LineOf(const BadRow& row) {
  JsonWriter json;
  json.BeginObject();
  json.Member("file", row.file);
  json.Member("line", static_cast<std::int64_t>(row.line));
  if (row.column.empty()) {
    json.Key("column").Null();
  } else {
    json.Member("column", row.column);
  }
  json.Member("reason", row.reason);
  json.Member("text", row.text);
  if (!simdjson::validate_utf8(row.text.data(), row.text.size())) {
    std::string digits;
    for (const char c : row.text) digits += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
    json.Member("bytes", digits);
  }
  json.EndObject();
  return json.Take() + "\n";
}

// The input that a line of the side file speaks of; empty when it is no such line.
std::string InputOf(const std::string& line) {
  simdjson::dom::parser parser;
  std::string_view file;
  if (parser.parse(line).get_object()["file"].get_string().get(file) != simdjson::SUCCESS) {
    return {};
  }
  return std::string(file);
}

// Leaves out what an earlier, unfinished run said of the inputs.
Status DropInputs(const std::string& path, const std::set<std::string>& inputs) {
  std::ifstream before(path, std::ios::binary);
  if (!before) return {};
  const std::string next = path + ".next";
  std::ofstream after(next, std::ios::binary | std::ios::trunc);
  for (std::string line; std::getline(before, line);) {
    // A line that was cut off by a crash is of an unfinished input too.
    if (!before.eof() && !inputs.contains(InputOf(line))) after << line << '\n';
  }
  after.close();
  std::error_code error;
  if (after) std::filesystem::rename(next, path, error);
  if (!after || error) {
    return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed,
               fmt::format("{} could not be written", path));
  }
  return {};
}

}  // namespace

Result<BadRowsFile> BadRowsFile::Open(const std::string& path,
                                      const std::set<std::string>& inputs) {
  RETURN_IF_ERROR(DropInputs(path, inputs));
  BadRowsFile file(path);
  file.out_ = TRY(FromArrow(arrow::io::FileOutputStream::Open(path, /*append=*/true), kUnwritable));
  return file;
}

Status BadRowsFile::Add(const BadRow& row) {
  const std::string line = LineOf(row);
  return FromArrow(out_->Write(line.data(), static_cast<std::int64_t>(line.size())), kUnwritable);
}

Status BadRowsFile::Flush() { return FromArrow(out_->Flush(), kUnwritable); }

}  // namespace foreset::batch
