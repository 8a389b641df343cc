// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <set>
#include <string>

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
  // Makes the folder. Goes on with the file that is there, but for what it says of these inputs:
  // they are read anew. kInvalidInput (kOutputExists) when what is there is no such file.
  static Result<BadRowsFile> Open(const std::string& path, const std::set<std::string>& inputs);
  Status Add(const BadRow& row);
  // Hands everything to the system; before the commit that relies on it.
  Status Flush();

 private:
  explicit BadRowsFile(std::string path);
  Status Written() const;

  std::string path_;
  std::ofstream out_;
};

}  // namespace foreset::batch
