// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/csv_values.h"
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
  char comment = '\0';               // lines that begin with it are passed over
  std::string null_text;             // stands for NULL, beside the empty field
  bool quoted_nulls = false;         // in quotes, too
  std::string encoding = "utf-8";    // ReadAsUtf8 says which
  char decimal = '.';
  char thousands = '\0';
  std::string timestamp_format;       // strptime; empty: 2026-01-31 17:30:00
  std::string date_format;            // empty: 2026-01-31
  std::int64_t sample_rows = 20'480;  // that types are inferred from; -1: all
  std::vector<CsvColumn> types;       // of columns by name; others are inferred
};

// Longer rows are torn, unless the dialect says otherwise.
inline constexpr std::size_t kLongestRow = 16UL << 20U;

// How one file is written.
struct CsvDialect {
  char delimiter = ',';
  char quote = '"';   // '\0': none
  char escape = '"';  // the same
  bool header = true;
  std::int64_t skip = 0;
  char comment = '\0';
  std::string null_text;
  bool quoted_nulls = false;  // "" is NULL in a text column, as an empty field is
  std::string encoding = "utf-8";
  std::size_t longest_row = kLongestRow;  // in bytes
  ValueFormat values = {};
  std::vector<CsvColumn> columns;  // in the file's order
};

// Reads "Id BIGINT, Price DECIMAL(18,2)". kSchemaTextInvalid with what is wrong.
Result<std::vector<CsvColumn>> ParseColumnTypes(sql::Engine& engine, const std::string& text);

// The columns as DuckDB has them.
Result<std::shared_ptr<arrow::Schema>> SchemaOf(sql::Engine& engine,
                                                const std::vector<CsvColumn>& columns);

// What was said of values. kUsage when it contradicts itself.
Result<ValueFormat> ValueFormatOf(const CsvWishes& wishes);

}  // namespace foreset::batch
