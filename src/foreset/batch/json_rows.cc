// SPDX-License-Identifier: MIT
#include "foreset/batch/json_rows.h"

#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/batch/csv_evidence.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

struct JsonColumn {
  std::string name;
  std::string type;       // as it is read
  bool guessed = false;   // it holds texts that DuckDB takes for more
  std::string cast = {};  // what the texts are; empty: texts
};

// Types that JSON does not have.
bool IsGuess(const std::string& type) {
  return type == "DATE" || type == "TIME" || type == "UUID" || type.starts_with("TIMESTAMP");
}

Result<std::vector<JsonColumn>> Describe(sql::Engine& engine, const std::string& from) {
  const auto table = TRY(
      engine.Fetch(fmt::format("SELECT column_name, column_type FROM (DESCRIBE FROM {})", from)));
  std::vector<JsonColumn> columns;
  for (std::int64_t row = 0; row < table->num_rows(); ++row) {
    const auto name = TRY(FromArrow(table->column(0)->GetScalar(row)));
    const auto type = TRY(FromArrow(table->column(1)->GetScalar(row)));
    columns.push_back({.name = name->ToString(), .type = type->ToString()});
    columns.back().guessed = IsGuess(columns.back().type);
    if (columns.back().guessed) columns.back().type = "VARCHAR";
  }
  return columns;
}

// Looks at all texts of the guessed columns.
Status FindCasts(sql::Engine& engine, const std::string& from, std::vector<JsonColumn>& columns) {
  const ValueFormat format;
  std::vector<JsonColumn*> guessed;
  std::string list;
  for (JsonColumn& column : columns) {
    if (!column.guessed) continue;
    list += fmt::format("{}{}", guessed.empty() ? "" : ", ", sql::Quoted(column.name));
    guessed.push_back(&column);
  }
  std::vector<TypeEvidence> evidence(guessed.size(), TypeEvidence(format));
  const auto rows = TRY(engine.Query(fmt::format("SELECT {} FROM {}", list, from)));
  while (const auto batch = TRY(rows->Next())) {
    for (std::size_t i = 0; i < guessed.size(); ++i) {
      const auto& texts =
          static_cast<const arrow::StringArray&>(*batch->column(static_cast<int>(i)));
      for (std::int64_t row = 0; row < texts.length(); ++row) {
        if (texts.IsValid(row)) evidence[i].Add(texts.GetView(row));
      }
    }
  }
  for (std::size_t i = 0; i < guessed.size(); ++i) {
    const std::string type = evidence[i].Type();
    if (IsGuess(type)) guessed[i]->cast = type;
  }
  return {};
}

}  // namespace

Result<std::string> JsonRows(sql::Engine& engine, const std::string& path,
                             const std::string& compression) {
  const std::string file =
      fmt::format("{}, compression={}", sql::Literal(path),
                  sql::Literal(compression == "none" ? "uncompressed" : compression));
  std::string plain = fmt::format("read_json({}, sample_size=-1)", file);
  std::vector<JsonColumn> columns = TRY(Describe(engine, plain));
  std::string types;
  bool guessed = false;
  for (const JsonColumn& column : columns) {
    types += fmt::format("{}{}: {}", types.empty() ? "" : ", ", sql::Literal(column.name),
                         sql::Literal(column.type));
    guessed = guessed || column.guessed;
  }
  if (!guessed) return plain;
  const std::string texts = fmt::format("read_json({}, columns={{{}}})", file, types);
  RETURN_IF_ERROR(FindCasts(engine, texts, columns));
  std::string list;
  for (const JsonColumn& column : columns) {
    const std::string name = sql::Quoted(column.name);
    list += list.empty() ? "" : ", ";
    list += column.cast.empty() ? name : fmt::format("CAST({0} AS {1}) AS {0}", name, column.cast);
  }
  return fmt::format("(SELECT {} FROM {})", list, texts);
}

}  // namespace foreset::batch
