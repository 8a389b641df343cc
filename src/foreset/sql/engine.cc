// SPDX-License-Identifier: MIT
#include "foreset/sql/engine.h"

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/sql/arrow_bridge.h"
#include "foreset/sql/duckdb_error.h"
#include "foreset/sql/duckdb_handle.h"
#include "foreset/sql/relation_function.h"
#include "foreset/sql/syntax_tables.h"

namespace foreset::sql {
namespace {

std::string_view TextOf(const char* message) { return message == nullptr ? "" : message; }

struct ResultHandle {
  ResultHandle() = default;
  ResultHandle(ResultHandle&&) = delete;
  ~ResultHandle() { duckdb_destroy_result(&result); }
  duckdb_result result{};
};

class StreamedResult final : public QueryResult {
 public:
  StreamedResult(StatementHandle statement, std::unique_ptr<ResultHandle> result,
                 DuckDbToArrow bridge)
      : statement_(std::move(statement)), result_(std::move(result)), bridge_(std::move(bridge)) {}

  const std::shared_ptr<arrow::Schema>& schema() const override { return bridge_.schema(); }

  bool has_rows() const override {
    return duckdb_result_return_type(result_->result) == DUCKDB_RESULT_TYPE_QUERY_RESULT;
  }

  Result<BatchPtr> Next() override {
    const ChunkHandle chunk(duckdb_fetch_chunk(result_->result));
    if (chunk) return bridge_.Convert(chunk.get());
    const std::string_view message = TextOf(duckdb_result_error(&result_->result));
    if (message.empty()) return nullptr;
    return std::unexpected(ErrorOf(message));
  }

 private:
  StatementHandle statement_;
  std::unique_ptr<ResultHandle> result_;
  DuckDbToArrow bridge_;
};

Status Set(duckdb_config config, const char* name, const std::string& value) {
  if (duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess) return {};
  return Err(ErrorKind::kInternal, ErrorCode::kInternal,
             fmt::format("DuckDB refuses {} = {}", name, value));
}

Status Configure(duckdb_config config, const EngineOptions& options) {
  RETURN_IF_ERROR(Set(config, "autoinstall_known_extensions", "false"));
  RETURN_IF_ERROR(Set(config, "autoload_known_extensions", "false"));
  RETURN_IF_ERROR(Set(config, "allow_community_extensions", "false"));
  RETURN_IF_ERROR(Set(config, "threads", std::to_string(options.threads)));
  RETURN_IF_ERROR(Set(config, "memory_limit", fmt::format("{}B", options.memory_limit_bytes)));
  return Set(config, "temp_directory", options.temporary_folder);
}

class DuckDbEngine final : public Engine {
 public:
  Status Start(const EngineOptions& options) {
    duckdb_config config = nullptr;
    if (duckdb_create_config(&config) == DuckDBError) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, "DuckDB has no configuration");
    }
    const Owned<duckdb_config, duckdb_destroy_config> owned(config);
    RETURN_IF_ERROR(Configure(config, options));
    char* message = nullptr;
    if (duckdb_open_ext(nullptr, database_.address(), config, &message) == DuckDBError) {
      std::string text = message == nullptr ? "DuckDB does not start" : message;
      duckdb_free(message);
      return Err(ErrorKind::kInternal, query_error::kQueryFailed, std::move(text));
    }
    if (duckdb_connect(database_.get(), connection_.address()) == DuckDBError) {
      return Err(ErrorKind::kInternal, query_error::kQueryFailed, "DuckDB takes no connection");
    }
    RETURN_IF_ERROR(Execute("SET TimeZone = 'UTC'"));
    if (!options.files) RETURN_IF_ERROR(Confine(options));
    return Execute("SET preserve_insertion_order = true");
  }

  // What is one statement to its author may be several to DuckDB: PIVOT makes a type first.
  Result<std::unique_ptr<QueryResult>> Query(const std::string& statement) override {
    ExtractedHandle extracted;
    const idx_t count =
        duckdb_extract_statements(connection_.get(), statement.c_str(), extracted.address());
    if (count == 0) {
      return std::unexpected(ErrorOf(TextOf(duckdb_extract_statements_error(extracted.get()))));
    }
    for (idx_t i = 0; i + 1 < count; ++i) {
      const auto before = TRY(Run(extracted.get(), i));
      while (TRY(before->Next()) != nullptr) {
      }
    }
    return Run(extracted.get(), count - 1);
  }

  Result<std::unique_ptr<QueryResult>> Run(duckdb_extracted_statements extracted, idx_t index) {
    StatementHandle prepared;
    if (duckdb_prepare_extracted_statement(connection_.get(), extracted, index,
                                           prepared.address()) == DuckDBError) {
      return std::unexpected(ErrorOf(TextOf(duckdb_prepare_error(prepared.get()))));
    }
    PendingHandle pending;
    if (duckdb_pending_prepared_streaming(prepared.get(), pending.address()) == DuckDBError) {
      return std::unexpected(ErrorOf(TextOf(duckdb_pending_error(pending.get()))));
    }
    // DuckDB forgets an interrupt when a statement becomes pending, and its threads are at work
    // then.
    if (stop_.stop_requested()) duckdb_interrupt(connection_.get());
    auto result = std::make_unique<ResultHandle>();
    if (duckdb_execute_pending(pending.get(), &result->result) == DuckDBError) {
      return std::unexpected(ErrorOf(TextOf(duckdb_result_error(&result->result))));
    }
    auto bridge = TRY(DuckDbToArrow::Make(result->result));
    return std::make_unique<StreamedResult>(std::move(prepared), std::move(result),
                                            std::move(bridge));
  }

  Status Register(const QueryName& name, std::shared_ptr<const Relation> relation) override {
    // A result that was not read to its end has left its transaction open, and what is registered
    // in that goes with it.
    RETURN_IF_ERROR(Execute("SELECT 1"));
    const std::string function = fmt::format("foreset_relation_{}", ++registered_);
    RETURN_IF_ERROR(RegisterRelationFunction(connection_.get(), function, std::move(relation)));
    RETURN_IF_ERROR(
        Execute(fmt::format("CREATE OR REPLACE VIEW {} AS FROM {}()", QuotedName(name), function)));
    functions_[name] = function;
    return {};
  }

  std::optional<std::string> FunctionOf(const QueryName& name) const override {
    const auto at = functions_.find(name);
    if (at == functions_.end()) return std::nullopt;
    return at->second;
  }

  // duckdb_get_table_names would do, but forgets the tables of joins with conditions.
  std::optional<std::vector<QueryName>> TablesOf(const std::string& statement) override {
    return SyntaxTables(*this, statement);
  }

  void StopWith(std::stop_token stop) override {
    stop_ = std::move(stop);
    interrupt_.emplace(stop_, [this] { duckdb_interrupt(connection_.get()); });
  }

 private:
  // Once told, DuckDB cannot be told otherwise. It counts its own temporary files as external
  // access.
  Status Confine(const EngineOptions& options) {
    if (!options.temporary_folder.empty()) {
      RETURN_IF_ERROR(Execute(
          fmt::format("SET allowed_directories = [{}]", Literal(options.temporary_folder))));
    }
    return Execute("SET enable_external_access = false");
  }

  DatabaseHandle database_;
  ConnectionHandle connection_;
  std::map<QueryName, std::string> functions_;  // of the views that were registered
  int registered_ = 0;
  std::stop_token stop_;
  std::optional<std::stop_callback<std::function<void()>>>
      interrupt_;  // goes before the connection
};

// A quote within is written twice.
std::string Between(char quote, std::string_view text) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

}  // namespace

std::string Quoted(std::string_view name) { return Between('"', name); }

std::string QuotedName(const QueryName& name) {
  std::string text;
  for (const std::string& part : name) text += (text.empty() ? "" : ".") + Quoted(part);
  return text;
}

std::string Literal(std::string_view text) { return Between('\'', text); }

Result<std::unique_ptr<Engine>> Engine::Open(const EngineOptions& options) {
  auto engine = std::make_unique<DuckDbEngine>();
  RETURN_IF_ERROR(engine->Start(options));
  return engine;
}

Status Engine::Execute(const std::string& statement) {
  const auto result = TRY(Query(statement));
  while (TRY(result->Next()) != nullptr) {
  }
  return {};
}

Result<std::shared_ptr<arrow::Table>> Engine::Fetch(const std::string& statement) {
  const auto result = TRY(Query(statement));
  std::vector<BatchPtr> batches;
  while (BatchPtr batch = TRY(result->Next())) batches.push_back(std::move(batch));
  auto table = arrow::Table::FromRecordBatches(result->schema(), batches);
  if (!table.ok()) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal, table.status().ToString());
  }
  return *std::move(table);
}

}  // namespace foreset::sql
