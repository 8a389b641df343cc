// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_dialect.h"

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

Result<std::string> TextAt(const arrow::Table& table, int column, std::int64_t row) {
  const auto value = TRY(FromArrow(table.column(column)->GetScalar(row)));
  return value->is_valid ? value->ToString() : std::string();
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

Result<std::shared_ptr<arrow::Schema>> SchemaOf(sql::Engine& engine,
                                                const std::vector<CsvColumn>& columns) {
  std::string list;
  for (const CsvColumn& column : columns) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", sql::Quoted(column.name), column.type);
  }
  RETURN_IF_ERROR(
      engine.Execute(fmt::format("CREATE OR REPLACE TEMP TABLE foreset_shape ({})", list)));
  return TRY(engine.Fetch("SELECT * FROM foreset_shape"))->schema();
}

Result<ValueFormat> ValueFormatOf(const CsvWishes& wishes) {
  if (wishes.decimal == wishes.thousands) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kUsage,
        fmt::format("'{}' cannot be the decimal mark and part thousands, too", wishes.decimal));
  }
  ValueFormat format{.decimal = wishes.decimal, .thousands = wishes.thousands};
  if (!wishes.date_format.empty()) format.date = TRY(TimeFormat::Parse(wishes.date_format));
  if (!wishes.timestamp_format.empty()) {
    format.timestamp = TRY(TimeFormat::Parse(wishes.timestamp_format));
  }
  return format;
}

}  // namespace foreset::batch
