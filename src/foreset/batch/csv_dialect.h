// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

struct CsvColumn {
  std::string name;
  std::string type;  // as SQL writes it
  bool operator==(const CsvColumn&) const = default;
};

// What a user says of CSV files; the rest is found out.
struct CsvWishes {
  std::optional<char> delimiter;
  std::optional<char> quote;
  std::optional<char> escape;
  std::optional<bool> header;
  std::optional<std::int64_t> skip;  // lines before the header
  std::string null_text;             // stands for NULL, beside the empty field
  std::string encoding = "utf-8";    // or "latin-1"
  std::string timestamp_format;      // strptime; empty: as they are recognised
  std::string date_format;
  std::int64_t sample_rows = 20'480;  // that types are inferred from; -1: all
  std::vector<CsvColumn> types;       // of columns by name; others are inferred
};

// How one file is written.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  char escape = '"';
  bool header = true;
  std::int64_t skip = 0;
  std::string null_text;
  std::string encoding = "utf-8";
  std::string timestamp_format;
  std::string date_format;
  bool quoted_nulls = true;        // "" is NULL, as an empty field is
  std::vector<CsvColumn> columns;  // in the file's order
};

// Reads "Id BIGINT, Price DECIMAL(18,2)". kSchemaTextInvalid with what is wrong.
Result<std::vector<CsvColumn>> ParseColumnTypes(sql::Engine& engine, const std::string& text);

// Finds out what was not said, from the file's first rows. kCsvShapeUnknown tells why it cannot.
// `path` is a local file; `compression` is read_csv's word for it.
Result<CsvDialect> SniffDialect(sql::Engine& engine, const std::string& path,
                                const std::string& compression, const CsvWishes& wishes);

// The call of read_csv that reads it, bad rows to the temporary table `rejects`.
std::string ReadCsv(const std::string& path, const std::string& compression,
                    const CsvDialect& dialect, const std::string& rejects);

}  // namespace foreset::batch
