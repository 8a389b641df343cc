// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::batch {

// A row of an input that does not fit.
struct BadRow {
  std::string file;
  std::uint64_t line = 0;  // of the file (decompressed), from 1: where the row begins
  std::string column;      // empty: the row as a whole
  std::string reason;
  std::string text;  // as it stands in the file, without its line end
};

// The side file: a JSON object a line with `file`, `line`, `column`, `reason`, `text`, and, where
// the text is no UTF-8, `bytes` in hexadecimal digits. Not thread-safe.
class BadRowsFile {
 public:
  // Goes on with the file that is there, but for what it says of these inputs: they are read anew.
  static Result<BadRowsFile> Open(const std::string& path, const std::set<std::string>& inputs);
  Status Add(const BadRow& row);
  // Hands everything to the system; before the commit that relies on it.
  Status Flush();

 private:
  explicit BadRowsFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::shared_ptr<arrow::io::OutputStream> out_;
};

// Tells the line in which positions of a text stand, as the text streams by. Not thread-safe.
class LineFinder {
 public:
  // Lines that the text lacks, ascending, count as if they were there.
  LineFinder(std::shared_ptr<arrow::io::InputStream> text, std::vector<std::uint64_t> missing);
  // The line, from 1, of the byte at `position`; positions come in ascending order.
  Result<std::uint64_t> LineAt(std::uint64_t position);
  // The bytes from there on, at most so many.
  Result<std::string> Read(std::size_t bytes);

 private:
  // The next byte; nothing at the end.
  Result<std::optional<char>> Next();

  std::shared_ptr<arrow::io::InputStream> text_;
  std::vector<std::uint64_t> missing_;
  std::string piece_;
  std::uint64_t piece_begin_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t line_ = 1;
  bool after_cr_ = false;
};

}  // namespace foreset::batch
