// SPDX-License-Identifier: MIT
#include "foreset/batch/json_rows.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/csv_evidence.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

struct JsonColumn {
  std::string name;
  std::shared_ptr<arrow::DataType> found;  // what DuckDB makes of its values
  bool inexact = false;                    // a number of it is none that a DOUBLE gives back
  std::string cast = {};                   // what its texts are; empty: it is read as it is kept
};

// Types that JSON does not have: texts that DuckDB takes for more.
bool IsGuess(const arrow::DataType& type) { return arrow::is_temporal(type.id()); }

bool HasDoubles(const arrow::DataType& type) {
  return type.id() == arrow::Type::DOUBLE ||
         std::ranges::any_of(type.fields(),
                             [](const auto& member) { return HasDoubles(*member->type()); });
}

// In SQL, with texts for all that JSON writes as texts, at every depth.
std::string TypeIn(const arrow::DataType& found, bool doubles_as_texts) {
  const auto inner = [&](int i) { return TypeIn(*found.field(i)->type(), doubles_as_texts); };
  switch (found.id()) {
    case arrow::Type::BOOL:
      return "BOOLEAN";
    case arrow::Type::INT64:
      return "BIGINT";
    case arrow::Type::UINT64:
      return "UBIGINT";
    case arrow::Type::DECIMAL128:
      return "HUGEINT";
    case arrow::Type::DOUBLE:
      return doubles_as_texts ? "VARCHAR" : "DOUBLE";
    case arrow::Type::LIST:
      return inner(0) + "[]";
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(found);
      return fmt::format("MAP(VARCHAR, {})", TypeIn(*map.item_type(), doubles_as_texts));
    }
    case arrow::Type::STRUCT: {
      std::string members;
      for (int i = 0; i < found.num_fields(); ++i) {
        members += fmt::format("{}{} {}", i == 0 ? "" : ", ", sql::Quoted(found.field(i)->name()),
                               inner(i));
      }
      return fmt::format("STRUCT({})", members);
    }
    default:
      return "VARCHAR";
  }
}

// Whether a DOUBLE gives back each of the texts that stand where `found` has one.
bool AreDoubles(const arrow::Array& texts, const arrow::DataType& found) {
  switch (found.id()) {
    case arrow::Type::DOUBLE: {
      const auto& numbers = static_cast<const arrow::StringArray&>(texts);
      for (std::int64_t i = 0; i < numbers.length(); ++i) {
        double value = 0;
        if (numbers.IsValid(i) && ReadDouble(numbers.GetView(i), {}, value) != nullptr) {
          return false;
        }
      }
      return true;
    }
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      return AreDoubles(*static_cast<const arrow::ListArray&>(texts).values(),
                        *found.field(0)->type());
    case arrow::Type::STRUCT: {
      const auto& members = static_cast<const arrow::StructArray&>(texts);
      for (int i = 0; i < found.num_fields(); ++i) {
        if (!AreDoubles(*members.field(i), *found.field(i)->type())) return false;
      }
      return true;
    }
    default:
      return true;
  }
}

Result<std::vector<JsonColumn>> Describe(sql::Engine& engine, const std::string& from) {
  const auto shown = TRY(engine.Fetch(fmt::format("SELECT * FROM {} LIMIT 0", from)));
  std::vector<JsonColumn> columns;
  for (const auto& field : shown->schema()->fields()) {
    columns.push_back({.name = field->name(), .found = field->type()});
  }
  return columns;
}

// "A" of "A_1", as DuckDB calls a second column whose name differs in case alone.
std::string_view WithoutOrdinal(std::string_view name) {
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::string_view stem = name;
  while (!stem.empty() && is_digit(stem.back())) stem.remove_suffix(1);
  if (stem.size() == name.size() || !stem.ends_with('_')) return name;
  return stem.substr(0, stem.size() - 1);
}

// A column is found by its key, and a key that DuckDB has renamed is none of the file's.
Status CheckKeys(sql::Engine& engine, const std::string& file,
                 const std::vector<JsonColumn>& columns) {
  const auto renamed = [&](const JsonColumn& column) {
    const std::string_view stem = WithoutOrdinal(column.name);
    return stem.size() < column.name.size() &&
           std::ranges::any_of(
               columns, [&](const JsonColumn& other) { return SameName(other.name, stem); });
  };
  if (std::ranges::none_of(columns, renamed)) return {};
  const auto keys = TRY(engine.Fetch(
      fmt::format("SELECT DISTINCT unnest(json_keys(json)) AS key FROM read_json_objects({}) "
                  "ORDER BY key",
                  file)));
  std::vector<std::string> names;
  for (std::int64_t row = 0; row < keys->num_rows(); ++row) {
    names.push_back(TRY(FromArrow(keys->column(0)->GetScalar(row)))->ToString());
    const auto same = [&](const std::string& other) { return SameName(other, names.back()); };
    const auto twin = std::ranges::find_if(names.begin(), names.end() - 1, same);
    if (twin == names.end() - 1) continue;
    return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
               fmt::format("its objects have \"{}\" as well as \"{}\"", *twin, names.back()),
               "Columns of a table differ in more than case: give one of them another name.");
  }
  return {};
}

// Looks at all values of the columns that DuckDB may have changed.
Status LookAt(sql::Engine& engine, const std::string& from, std::vector<JsonColumn>& columns) {
  const ValueFormat format;
  std::vector<JsonColumn*> doubtful;
  std::string list;
  for (JsonColumn& column : columns) {
    if (!IsGuess(*column.found) && !HasDoubles(*column.found)) continue;
    list += fmt::format("{}{}", doubtful.empty() ? "" : ", ", sql::Quoted(column.name));
    doubtful.push_back(&column);
  }
  if (doubtful.empty()) return {};
  std::vector<TypeEvidence> evidence(doubtful.size(), TypeEvidence(format));
  const auto rows = TRY(engine.Query(fmt::format("SELECT {} FROM {}", list, from)));
  while (const auto batch = TRY(rows->Next())) {
    for (std::size_t i = 0; i < doubtful.size(); ++i) {
      const arrow::Array& values = *batch->column(static_cast<int>(i));
      JsonColumn& column = *doubtful[i];
      column.inexact = column.inexact || !AreDoubles(values, *column.found);
      if (values.type_id() != arrow::Type::STRING) continue;
      const auto& texts = static_cast<const arrow::StringArray&>(values);
      for (std::int64_t row = 0; row < texts.length(); ++row) {
        if (texts.IsValid(row)) evidence[i].Add(texts.GetView(row));
      }
    }
  }
  for (std::size_t i = 0; i < doubtful.size(); ++i) {
    JsonColumn& column = *doubtful[i];
    const std::string type = evidence[i].Type();
    const bool is_time = type == "DATE" || type.starts_with("TIMESTAMP");
    const bool is_decimal = type.starts_with("DECIMAL");
    if (IsGuess(*column.found) ? is_time : column.inexact && is_decimal) column.cast = type;
  }
  return {};
}

// The file's columns in these types.
template <typename TypeOf>
std::string Reading(const std::string& file, const std::vector<JsonColumn>& columns,
                    const TypeOf& type_of) {
  std::string types;
  for (const JsonColumn& column : columns) {
    types += fmt::format("{}{}: {}", types.empty() ? "" : ", ", sql::Literal(column.name),
                         sql::Literal(type_of(column)));
  }
  return fmt::format("read_json({}, columns={{{}}})", file, types);
}

}  // namespace

Result<std::string> JsonRows(sql::Engine& engine, const std::string& path,
                             const std::string& compression) {
  const std::string file =
      fmt::format("{}, compression={}", sql::Literal(path),
                  sql::Literal(compression == "none" ? "uncompressed" : compression));
  std::vector<JsonColumn> columns =
      TRY(Describe(engine, fmt::format("read_json({}, sample_size=-1)", file)));
  RETURN_IF_ERROR(CheckKeys(engine, file, columns));
  RETURN_IF_ERROR(LookAt(
      engine,
      Reading(file, columns, [](const JsonColumn& column) { return TypeIn(*column.found, true); }),
      columns));
  std::string list;
  for (const JsonColumn& column : columns) {
    const std::string name = sql::Quoted(column.name);
    list += list.empty() ? "" : ", ";
    list += column.cast.empty() ? name : fmt::format("CAST({0} AS {1}) AS {0}", name, column.cast);
  }
  return fmt::format("(SELECT {} FROM {})", list,
                     Reading(file, columns, [](const JsonColumn& column) {
                       return TypeIn(*column.found, column.inexact);
                     }));
}

}  // namespace foreset::batch
