// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_dialect.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

std::string CharText(char c) { return c == '\0' ? "''" : sql::Literal(std::string_view(&c, 1)); }

Result<std::string> TextAt(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = TRY(FromArrow(table.column(column)->GetScalar(row)));
  return value->is_valid ? value->ToString() : std::string();
}

// The sniffer's "(empty)" and one character otherwise.
char OneChar(const std::string& text, char otherwise) {
  if (text == "\\t") return '\t';
  return text.size() == 1 ? text.front() : otherwise;
}

std::string SniffCall(const std::string& path, const std::string& compression,
                      const CsvWishes& wishes) {
  std::string call =
      fmt::format("sniff_csv({}, ignore_errors=true, compression={}, sample_size={}, encoding={}",
                  sql::Literal(path), sql::Literal(compression), wishes.sample_rows,
                  sql::Literal(wishes.encoding));
  if (wishes.delimiter) call += ", delim=" + CharText(*wishes.delimiter);
  if (wishes.quote) call += ", quote=" + CharText(*wishes.quote);
  if (wishes.escape) call += ", escape=" + CharText(*wishes.escape);
  if (wishes.header) call += fmt::format(", header={}", *wishes.header);
  if (wishes.skip) call += fmt::format(", skip={}", *wishes.skip);
  if (!wishes.null_text.empty()) call += ", nullstr=" + sql::Literal(wishes.null_text);
  return call + ")";
}

Status ApplyTypes(const CsvWishes& wishes, const std::string& path, CsvDialect& dialect) {
  for (const CsvColumn& wished : wishes.types) {
    const auto at = std::ranges::find_if(dialect.columns, [&](const CsvColumn& column) {
      return SameName(column.name, wished.name);
    });
    if (at == dialect.columns.end()) {
      return Err(ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
                 fmt::format("{} has no column \"{}\", which --schema names", path, wished.name));
    }
    at->type = wished.type;
  }
  return {};
}

}  // namespace

Result<std::vector<CsvColumn>> ParseColumnTypes(sql::Engine& engine, const std::string& text) {
  const auto refuse = [&](const Error& error) {
    return Err(ErrorKind::kInvalidInput, batch_error::kSchemaTextInvalid,
               fmt::format("\"{}\": {}", text, error.message));
  };
  if (auto made =
          engine.Execute(fmt::format("CREATE OR REPLACE TEMP TABLE foreset_schema ({}\n)", text));
      !made) {
    return refuse(made.error());
  }
  const auto table = TRY(engine.Fetch(
      "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'foreset_schema' "
      "ORDER BY column_index"));
  std::vector<CsvColumn> columns;
  for (std::int64_t row = 0; row < table->num_rows(); ++row) {
    columns.push_back({TRY(TextAt(*table, 0, row)), TRY(TextAt(*table, 1, row))});
  }
  return columns;
}

Result<CsvDialect> SniffDialect(sql::Engine& engine, const std::string& path,
                                const std::string& compression, const CsvWishes& wishes) {
  auto sniffed = engine.Fetch(
      fmt::format("WITH found AS (FROM {}) SELECT Delimiter, Quote, Escape, SkipRows, HasHeader, "
                  "unnest(Columns).name, unnest(Columns).type FROM found",
                  SniffCall(path, compression, wishes)));
  if (!sniffed) {
    return Err(ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
               fmt::format("{}: {}", path, sniffed.error().message));
  }
  const arrow::Table& rows = **sniffed;
  CsvDialect dialect{.null_text = wishes.null_text,
                     .encoding = wishes.encoding,
                     .timestamp_format = wishes.timestamp_format,
                     .date_format = wishes.date_format,
                     .columns = {}};
  for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
    dialect.columns.push_back({TRY(TextAt(rows, 5, row)), TRY(TextAt(rows, 6, row))});
  }
  if (dialect.columns.empty()) {
    return Err(ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown, path + " has no columns");
  }
  dialect.delimiter = OneChar(TRY(TextAt(rows, 0, 0)), ',');
  // A sample without quotes says nothing about the rest of the file.
  dialect.quote = OneChar(TRY(TextAt(rows, 1, 0)), wishes.quote.value_or('"'));
  dialect.escape = wishes.escape.value_or(OneChar(TRY(TextAt(rows, 2, 0)), dialect.quote));
  dialect.skip = std::stoll(TRY(TextAt(rows, 3, 0)));
  dialect.header = TRY(TextAt(rows, 4, 0)) == "true";
  RETURN_IF_ERROR(ApplyTypes(wishes, path, dialect));
  return dialect;
}

std::string ReadCsv(const std::string& path, const std::string& compression,
                    const CsvDialect& dialect, const std::string& rejects) {
  std::string columns;
  for (const CsvColumn& column : dialect.columns) {
    columns += fmt::format("{}{}: {}", columns.empty() ? "" : ", ", sql::Literal(column.name),
                           sql::Literal(column.type));
  }
  std::string call = fmt::format(
      "read_csv({}, auto_detect=false, compression={}, delim={}, quote={}, escape={}, header={}, "
      "skip={}, encoding={}, columns={{{}}}, store_rejects=true, rejects_limit=0, "
      "rejects_table={}, rejects_scan={}",
      sql::Literal(path), sql::Literal(compression), CharText(dialect.delimiter),
      CharText(dialect.quote), CharText(dialect.escape), dialect.header, dialect.skip,
      sql::Literal(dialect.encoding), columns, sql::Literal(rejects),
      sql::Literal(rejects + "_scans"));
  if (!dialect.null_text.empty()) {
    call += fmt::format(", nullstr=['', {}]", sql::Literal(dialect.null_text));
  }
  if (!dialect.timestamp_format.empty()) {
    call += ", timestampformat=" + sql::Literal(dialect.timestamp_format);
  }
  if (!dialect.date_format.empty()) call += ", dateformat=" + sql::Literal(dialect.date_format);
  if (!dialect.quoted_nulls) call += ", allow_quoted_nulls=false";
  return call + ")";
}

}  // namespace foreset::batch
