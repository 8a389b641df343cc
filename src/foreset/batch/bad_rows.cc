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

constexpr std::int64_t kPieceBytes = 1L << 20U;
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

LineFinder::LineFinder(std::shared_ptr<arrow::io::InputStream> text,
                       std::vector<std::uint64_t> missing)
    : text_(std::move(text)), missing_(std::move(missing)) {}

Result<std::optional<char>> LineFinder::Next() {
  if (position_ == piece_begin_ + piece_.size()) {
    piece_begin_ = position_;
    piece_.resize(kPieceBytes);
    const auto read = TRY(FromArrow(text_->Read(kPieceBytes, piece_.data()),
                                    {ErrorKind::kCorruption, batch_error::kInputDamaged}));
    piece_.resize(static_cast<std::size_t>(read));
    if (read == 0) return std::nullopt;
  }
  const char c = piece_[position_ - piece_begin_];
  // CR LF is one line end, CR alone is one too.
  if (c == '\n' ? !after_cr_ : c == '\r') ++line_;
  after_cr_ = c == '\r';
  ++position_;
  return c;
}

Result<std::uint64_t> LineFinder::LineAt(std::uint64_t position) {
  while (position_ < position) {
    if (!TRY(Next())) break;
  }
  std::uint64_t line = line_;
  for (const std::uint64_t missing : missing_) {
    if (missing > line) break;
    ++line;
  }
  return line;
}

Result<std::string> LineFinder::Read(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    const auto next = TRY(Next());
    if (!next) break;
    text += *next;
  }
  return text;
}

}  // namespace foreset::batch
