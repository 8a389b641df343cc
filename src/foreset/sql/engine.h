// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/sql/relation.h"

namespace foreset::sql {

struct EngineOptions {
  std::size_t memory_limit_bytes = 1UL << 30U;
  int threads = 2;
  std::string temporary_folder;  // where what exceeds the memory goes; empty: nowhere, it fails
  bool files = false;            // whether statements may read and write files of this machine
};

// A name as a query writes it: one or more parts, "silver", "Customers".
using QueryName = std::vector<std::string>;

// "name" as SQL quotes it, "schema"."name", and 'text'.
std::string Quoted(std::string_view name);
std::string QuotedName(const QueryName& name);
std::string Literal(std::string_view text);

// The rows of a query, pulled while it runs. Not thread-safe; must not outlive its engine, which
// runs nothing else until it is gone.
class QueryResult {
 public:
  virtual ~QueryResult() = default;
  virtual const std::shared_ptr<arrow::Schema>& schema() const = 0;
  // False for statements that have no rows to show (CREATE, SET, …).
  virtual bool has_rows() const = 0;
  // Null after the last row. kCancelled after a stop (StopWith).
  virtual Result<std::shared_ptr<arrow::RecordBatch>> Next() = 0;
};

// DuckDB in memory, which loads no extension and reaches no network. Times are UTC. Not
// thread-safe; a query runs on several threads of DuckDB's own.
class Engine {
 public:
  static Result<std::unique_ptr<Engine>> Open(const EngineOptions& options);
  virtual ~Engine() = default;

  // Begins one statement. kQueryInvalid when it is not understood, kQueryFailed when it fails while
  // it runs, which Next tells too; both with DuckDB's words.
  virtual Result<std::unique_ptr<QueryResult>> Query(const std::string& statement) = 0;
  // Runs one statement to its end, without looking at its rows.
  Status Execute(const std::string& statement);
  // All rows of one statement, in memory.
  Result<std::shared_ptr<arrow::Table>> Fetch(const std::string& statement);

  // Makes, or makes anew, a view that reads the relation. The schema's name must exist.
  virtual Status Register(const QueryName& name, std::shared_ptr<const Relation> relation) = 0;
  // The function by which a registered view reads, as plans name it.
  virtual std::optional<std::string> FunctionOf(const QueryName& name) const = 0;
  // The tables that a statement names, as it names them, in no order. Nothing when it cannot be
  // told: the statement is wrong, or no SELECT.
  virtual std::optional<std::vector<QueryName>> TablesOf(const std::string& statement) = 0;

  // A request of this token ends what runs, soon, and each query after it, until there is another
  // token.
  virtual void StopWith(std::stop_token stop) = 0;
};

}  // namespace foreset::sql
