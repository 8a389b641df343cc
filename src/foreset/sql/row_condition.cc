// SPDX-License-Identifier: MIT
#include "foreset/sql/row_condition.h"

#include <algorithm>
#include <optional>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/query.h"
#include "foreset/base/nearest_word.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/row_expression.h"
#include "foreset/sql/statement_text.h"

namespace foreset::sql {
namespace {

constexpr char kRows[] = "rows of a condition";
// No column of a table can be called so.
constexpr char kNumber[] = "number\n";
// Columns that are called like reserved words, in one condition.
constexpr int kMostQuoted = 64;
constexpr std::size_t kMemory = 256UL << 20U;

std::unexpected<Error> Mistake(std::string message) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kFilterInvalid, std::move(message));
}

// The field that a name begins with: "after" of "after.Price".
const std::shared_ptr<arrow::Field>* FieldOf(const arrow::FieldVector& fields,
                                             std::string_view name) {
  const auto found = std::ranges::find_if(fields, [&](const auto& field) {
    const std::size_t size = field->name().size();
    return SameName(field->name(), name.substr(0, size)) &&
           (name.size() == size || name[size] == '.');
  });
  return found == fields.end() ? nullptr : &*found;
}

// Why there is no such column; nothing when there is.
std::optional<Error> Missing(const arrow::FieldVector& fields, std::string_view name,
                             std::string_view condition) {
  if (const auto* field = FieldOf(fields, name)) {
    const std::size_t size = (*field)->name().size();
    const auto& type = *(*field)->type();
    if (name.size() == size || type.id() != arrow::Type::STRUCT) return std::nullopt;
    return Missing(type.fields(), name.substr(size + 1), condition);
  }
  std::vector<std::string> names;
  for (const auto& field : fields) names.push_back(field->name());
  Error error{ErrorKind::kInvalidInput,
              ErrorCode::kColumnUnknown,
              fmt::format("there is no column \"{}\"{}", name, Suggestion(name, names)),
              {}};
  if (condition.find(Quoted(name)) != std::string_view::npos) {
    error.next_step = fmt::format("If it is a text, write it in single quotes: {}.", Literal(name));
  }
  return error;
}

// Without the error's kind, and without the number of the line before its text.
std::string WordsOf(std::string_view message) {
  const std::size_t kind = message.find(": ");
  std::string words(kind == std::string_view::npos ? message : message.substr(kind + 2));
  const std::size_t line = words.find("\nLINE ");
  if (line == std::string::npos) return words;
  const std::size_t label = words.find(": ", line) + 2 - (line + 1);
  words.erase(line + 1, label);
  const std::size_t caret = words.find('\n', line + 1);
  if (caret != std::string::npos) words.erase(caret + 1, label);
  return words;
}

struct Parsed {
  std::string text;
  RowExpression expression;
};

// As it is, or with those columns in quotes whose names DuckDB does not take otherwise.
Result<Parsed> Parse(Engine& engine, std::string_view condition, const arrow::Schema& schema) {
  const std::string original = TranslateQuotes(condition);
  std::string text = original;
  auto expression = ParseRowExpression(engine, text);
  for (int i = 0; !expression && i < kMostQuoted; ++i) {
    const auto place = PlaceOfMistake(engine, text);
    auto quoted = place ? QuoteNameAt(text, *place, schema.field_names()) : std::nullopt;
    if (!quoted) break;
    text = *std::move(quoted);
    expression = ParseRowExpression(engine, text);
  }
  if (expression) return Parsed{std::move(text), *std::move(expression)};
  const auto first = ParseRowExpression(engine, original);
  if (first || first.error().code != query_error::kQueryInvalid) {
    return std::unexpected(first ? expression.error() : first.error());
  }
  if (const auto place = PlaceOfMistake(engine, original)) {
    return Mistake(fmt::format("at character {}: {}", *place + 1, first.error().message));
  }
  return Mistake(first.error().message);
}

struct Bound {
  std::string text;
  std::vector<std::string> columns;
  std::shared_ptr<ShownBatch> shown;
  std::string query;  // of the numbers of the rows that pass
};

// Whether the place that DuckDB points to is a text in quotes.
bool IsOfAText(std::string_view message) {
  const std::size_t line = message.find("\nLINE ");
  if (line == std::string_view::npos) return false;
  const std::size_t end = message.find('\n', line + 1);
  const std::size_t caret = message.find('^', line);
  if (end == std::string_view::npos || caret == std::string_view::npos) return false;
  return message.substr(line + 1).substr(caret - end - 1, 1) == "'";
}

// A text that is no value of what it is compared with, which DuckDB tells when it comes to a row.
// What else one without values may say does not matter: rows need not be like it.
Status TryTexts(Engine& engine, const Bound& bound) {
  arrow::ArrayVector columns;
  for (const auto& field : bound.shown->schema()->fields()) {
    columns.push_back(TRY(FromArrow(arrow::MakeArrayOfNull(field->type(), 1))));
  }
  bound.shown->Show(arrow::RecordBatch::Make(bound.shown->schema(), 1, std::move(columns)));
  Status tried = engine.Execute(fmt::format("SELECT (\n{}\n) FROM {}", bound.text, Quoted(kRows)));
  bound.shown->Show(nullptr);
  return !tried && IsOfAText(tried.error().message) ? tried : Status();
}

// What DuckDB says of the condition without rows.
Status TryOut(Engine& engine, const Bound& bound) {
  const auto described = TRY(engine.Fetch(
      fmt::format("DESCRIBE SELECT (\n{}\n) AS v FROM {}", bound.text, Quoted(kRows))));
  const std::string type = TRY(FromArrow(described->column(1)->GetScalar(0)))->ToString();
  if (type != "BOOLEAN") {
    return Mistake(fmt::format("a condition is true or false, this is {}", type));
  }
  RETURN_IF_ERROR(engine.Execute(bound.query));
  return TryTexts(engine, bound);
}

Result<Bound> BindCondition(Engine& engine, std::string_view condition,
                            const arrow::Schema& schema) {
  auto [text, expression] = TRY(Parse(engine, condition, schema));
  if (!expression.foreign.empty()) {
    return Mistake(
        fmt::format("a condition looks at one row: it cannot have {}", expression.foreign.front()));
  }
  Bound bound{std::move(text), {}, {}, {}};
  arrow::FieldVector fields;
  for (const auto& field : schema.fields()) {
    const bool named = std::ranges::any_of(expression.columns, [&](const std::string& name) {
      return FieldOf({field}, name) != nullptr;
    });
    if (!named) continue;
    fields.push_back(field);
    bound.columns.push_back(field->name());
  }
  fields.push_back(arrow::field(kNumber, arrow::int64()));
  bound.shown = std::make_shared<ShownBatch>(arrow::schema(std::move(fields)));
  bound.query =
      fmt::format("SELECT {} FROM {} WHERE (\n{}\n)", Quoted(kNumber), Quoted(kRows), bound.text);
  RETURN_IF_ERROR(engine.Register({kRows}, bound.shown));
  const Status tried = TryOut(engine, bound);
  if (tried) return bound;
  const ErrorCode code = tried.error().code;
  const bool ours = code == query_error::kQueryInvalid || code == query_error::kQueryFailed;
  if (!ours) return std::unexpected(tried.error());
  for (const std::string& name : expression.columns) {
    if (auto missing = Missing(schema.fields(), name, condition)) {
      return std::unexpected(*std::move(missing));
    }
  }
  return Mistake(WordsOf(tried.error().message));
}

}  // namespace

Result<std::unique_ptr<RowCondition>> RowCondition::Compile(std::string_view text,
                                                            const arrow::Schema& schema) {
  auto engine =
      TRY(Engine::Open({.memory_limit_bytes = kMemory, .threads = 1, .temporary_folder = {}}));
  Bound bound = TRY(BindCondition(*engine, text, schema));
  return std::unique_ptr<RowCondition>(new RowCondition(
      std::move(engine), std::move(bound.columns), std::move(bound.shown), std::move(bound.query)));
}

Result<std::shared_ptr<arrow::Array>> RowCondition::Numbers(std::int64_t rows) {
  if (numbers_ == nullptr || numbers_->length() < rows) {
    arrow::Int64Builder builder;
    RETURN_IF_ERROR(FromArrow(builder.Reserve(rows)));
    for (std::int64_t row = 0; row < rows; ++row) builder.UnsafeAppend(row);
    numbers_ = TRY(FromArrow(builder.Finish()));
  }
  return numbers_->Slice(0, rows);
}

Result<std::vector<std::int64_t>> RowCondition::PassingRows(const arrow::RecordBatch& batch) {
  arrow::ArrayVector columns;
  for (const std::string& name : columns_) {
    columns.push_back(batch.GetColumnByName(name));
    if (columns.back() == nullptr) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal,
                 fmt::format("a condition's column {} was not read", name));
    }
  }
  columns.push_back(TRY(Numbers(batch.num_rows())));
  shown_->Show(arrow::RecordBatch::Make(shown_->schema(), batch.num_rows(), std::move(columns)));
  const auto found = engine_->Fetch(query_);
  shown_->Show(nullptr);
  if (!found) return std::unexpected(found.error());
  std::vector<std::int64_t> rows;
  rows.reserve(static_cast<std::size_t>((*found)->num_rows()));
  for (const auto& chunk : (*found)->column(0)->chunks()) {
    const auto& numbers = static_cast<const arrow::Int64Array&>(*chunk);
    rows.insert(rows.end(), numbers.raw_values(), numbers.raw_values() + numbers.length());
  }
  return rows;
}

Result<std::string> CheckedCondition(Engine& engine, std::string_view text,
                                     const arrow::Schema& schema) {
  return TRY(BindCondition(engine, text, schema)).text;
}

}  // namespace foreset::sql
