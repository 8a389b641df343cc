// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"
#include "foreset/sql/shown_batch.h"

namespace foreset::sql {

// A condition on the rows of one table, in DuckDB's SQL: any expression that is true or false for a
// row by itself. No subqueries, aggregates or windows, no files, no network. A row passes when it
// is true: NULL is not. Beside DuckDB's own forms it has `name`, bytes as x'01ff', and columns that
// are called like a reserved word, without quotes where only a column can be meant. Not
// thread-safe.
class RowCondition {
 public:
  // kInvalidInput: kColumnUnknown with the nearest column; kFilterInvalid with DuckDB's words and
  // the place for whatever else is wrong with the condition.
  static Result<std::unique_ptr<RowCondition>> Compile(std::string_view text,
                                                       const arrow::Schema& schema);

  // Columns that must be read to evaluate it, as the schema spells them, in its order.
  const std::vector<std::string>& columns() const { return columns_; }

  // The rows of a batch that pass, ascending. The batch has the columns() at least, with the types
  // of the schema. kQueryFailed when a row cannot be computed.
  Result<std::vector<std::int64_t>> PassingRows(const arrow::RecordBatch& batch);

 private:
  RowCondition(std::unique_ptr<Engine> engine, std::vector<std::string> columns,
               std::shared_ptr<ShownBatch> shown, std::string query)
      : engine_(std::move(engine)),
        columns_(std::move(columns)),
        shown_(std::move(shown)),
        query_(std::move(query)) {}

  Result<std::shared_ptr<arrow::Array>> Numbers(std::int64_t rows);

  std::unique_ptr<Engine> engine_;
  std::vector<std::string> columns_;
  std::shared_ptr<ShownBatch> shown_;  // the columns, then the rows' numbers
  std::string query_;
  std::shared_ptr<arrow::Array> numbers_;  // 0, 1, …: as many as the largest batch had
};

// The condition as DuckDB takes it, for a statement over all columns of a table with that schema,
// on lines of its own. Fails as RowCondition::Compile does.
Result<std::string> CheckedCondition(Engine& engine, std::string_view text,
                                     const arrow::Schema& schema);

}  // namespace foreset::sql
