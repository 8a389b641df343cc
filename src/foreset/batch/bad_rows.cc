// SPDX-License-Identifier: MIT
#include "foreset/batch/bad_rows.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/json_writer.h"

namespace foreset::batch {
namespace {

std::unexpected<Error> Unwritten(const std::string& path) {
  return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed, fmt::format("cannot write {}", path));
}

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

// The input that a line of the side file speaks of; nothing when it is no such line.
std::optional<std::string> InputOf(const std::string& line) {
  simdjson::dom::parser parser;
  const auto row = parser.parse(line).get_object();
  std::string_view file;
  std::string_view reason;
  if (row["file"].get_string().get(file) != simdjson::SUCCESS ||
      row["reason"].get_string().get(reason) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(file);
}

// What else stands at the place is not ours to change.
Status CheckIsSideFile(const std::string& path) {
  std::ifstream before(path, std::ios::binary);
  std::string first;
  if (!std::getline(before, first) || InputOf(first)) return {};
  return Err(ErrorKind::kInvalidInput, batch_error::kOutputExists,
             fmt::format("{} is there, and is no file of bad rows", path),
             "Name another file with --bad-rows.");
}

// Leaves out what an earlier, unfinished run said of the inputs.
Status DropInputs(const std::string& path, const std::set<std::string>& inputs) {
  const std::string next = path + ".next";
  std::ifstream before(path, std::ios::binary);
  std::ofstream after(next, std::ios::binary | std::ios::trunc);
  for (std::string line; std::getline(before, line);) {
    // A line that was cut off by a crash is of an unfinished input too.
    if (!before.eof() && !inputs.contains(InputOf(line).value_or(""))) after << line << '\n';
  }
  after.close();
  std::error_code error;
  if (after) std::filesystem::rename(next, path, error);
  if (!after || error) return Unwritten(path);
  return {};
}

}  // namespace

Result<BadRowsFile> BadRowsFile::Open(const std::string& path,
                                      const std::set<std::string>& inputs) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (std::filesystem::is_regular_file(path, error)) {  // a device or a pipe keeps nothing
    RETURN_IF_ERROR(CheckIsSideFile(path));
    RETURN_IF_ERROR(DropInputs(path, inputs));
  }
  BadRowsFile file(path);
  RETURN_IF_ERROR(file.Written());
  return file;
}

BadRowsFile::BadRowsFile(std::string path)
    : path_(std::move(path)), out_(path_, std::ios::binary | std::ios::app) {}

Status BadRowsFile::Written() const {
  if (!out_) return Unwritten(path_);
  return {};
}

Status BadRowsFile::Add(const BadRow& row) {
  out_ << LineOf(row);
  return Written();
}

Status BadRowsFile::Flush() {
  out_.flush();
  return Written();
}

}  // namespace foreset::batch
