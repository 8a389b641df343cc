// SPDX-License-Identifier: MIT
#include "foreset/sql/relation_function.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/sql/arrow_bridge.h"

namespace foreset::sql {
namespace {

template <typename T>
void Delete(void* object) {
  delete static_cast<T*>(object);
}

// What all uses of one function share.
struct Registered {
  duckdb_connection connection;
  std::shared_ptr<const Relation> relation;
};

// One use in one query: the columns that it wants, and the next part that nobody reads yet.
struct Scan {
  std::vector<int> columns;
  std::vector<idx_t> outputs;  // where each of them goes
  std::shared_ptr<arrow::Schema> schema;
  std::optional<ArrowToDuckDb> bridge;
  std::atomic<std::size_t> next_part{0};
};

// What one thread of a scan reads just now.
struct ThreadScan {
  std::unique_ptr<RelationReader> reader;
  std::shared_ptr<arrow::RecordBatch> batch;
  std::int64_t place = 0;  // the first row of the batch that was not handed out
};

// Errors go through DuckDB as text; the code is put in front so that it is not lost.
std::string Told(const Error& error) { return error.ToString(); }

Status AddColumns(duckdb_bind_info info, const Registered& registered) {
  const auto& schema = registered.relation->schema();
  const auto bridge = TRY(ArrowToDuckDb::Make(registered.connection, schema));
  const auto types = TRY(bridge.Types());
  for (int i = 0; i < schema->num_fields(); ++i) {
    duckdb_bind_add_result_column(info, schema->field(i)->name().c_str(),
                                  types[static_cast<std::size_t>(i)].get());
  }
  if (const auto rows = registered.relation->rows()) {
    duckdb_bind_set_cardinality(info, static_cast<idx_t>(*rows), true);
  }
  return {};
}

void Bind(duckdb_bind_info info) {
  const auto& registered = *static_cast<Registered*>(duckdb_bind_get_extra_info(info));
  if (const Status added = AddColumns(info, registered); !added) {
    duckdb_bind_set_error(info, Told(added.error()).c_str());
  }
}

Result<std::unique_ptr<Scan>> BeginScan(duckdb_init_info info, const Registered& registered) {
  auto scan = std::make_unique<Scan>();
  const auto& schema = registered.relation->schema();
  arrow::FieldVector fields;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    const idx_t column = duckdb_init_get_column_index(info, i);
    // Beyond the columns is the row's number, which is asked for where only rows count.
    if (column >= static_cast<idx_t>(schema->num_fields())) continue;
    scan->columns.push_back(static_cast<int>(column));
    scan->outputs.push_back(i);
    fields.push_back(schema->field(static_cast<int>(column)));
  }
  scan->schema = arrow::schema(std::move(fields));
  if (!scan->columns.empty()) {
    scan->bridge = TRY(ArrowToDuckDb::Make(registered.connection, scan->schema));
  }
  return scan;
}

void Init(duckdb_init_info info) {
  const auto& registered = *static_cast<Registered*>(duckdb_init_get_extra_info(info));
  auto scan = BeginScan(info, registered);
  if (!scan) {
    duckdb_init_set_error(info, Told(scan.error()).c_str());
    return;
  }
  duckdb_init_set_max_threads(info, std::max<idx_t>(1, registered.relation->parts()));
  duckdb_init_set_init_data(info, scan->release(), Delete<Scan>);
}

void InitThread(duckdb_init_info info) {
  duckdb_init_set_init_data(info, new ThreadScan, Delete<ThreadScan>);
}

// False when all parts have been read.
Result<bool> Advance(const Relation& relation, Scan& scan, ThreadScan& thread) {
  while (thread.batch == nullptr || thread.place == thread.batch->num_rows()) {
    if (thread.reader == nullptr) {
      const std::size_t part = scan.next_part.fetch_add(1);
      if (part >= relation.parts()) return false;
      thread.reader = TRY(relation.Read(part, scan.columns));
    }
    thread.batch = TRY(thread.reader->Next());
    thread.place = 0;
    if (thread.batch == nullptr) thread.reader.reset();
  }
  return true;
}

Status Fill(const Relation& relation, Scan& scan, ThreadScan& thread, duckdb_data_chunk output) {
  if (!TRY(Advance(relation, scan, thread))) {
    duckdb_data_chunk_set_size(output, 0);
    return {};
  }
  const auto slice =
      thread.batch->Slice(thread.place, static_cast<std::int64_t>(duckdb_vector_size()));
  thread.place += slice->num_rows();
  if (scan.bridge) {
    const ChunkHandle chunk = TRY(scan.bridge->Convert(*slice));
    for (idx_t i = 0; i < scan.columns.size(); ++i) {
      duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(output, scan.outputs[i]),
                                     duckdb_data_chunk_get_vector(chunk.get(), i));
    }
  }
  duckdb_data_chunk_set_size(output, static_cast<idx_t>(slice->num_rows()));
  return {};
}

void Produce(duckdb_function_info info, duckdb_data_chunk output) {
  const auto& registered = *static_cast<Registered*>(duckdb_function_get_extra_info(info));
  auto& scan = *static_cast<Scan*>(duckdb_function_get_init_data(info));
  auto& thread = *static_cast<ThreadScan*>(duckdb_function_get_local_init_data(info));
  if (const Status filled = Fill(*registered.relation, scan, thread, output); !filled) {
    duckdb_function_set_error(info, Told(filled.error()).c_str());
  }
}

}  // namespace

Status RegisterRelationFunction(duckdb_connection connection, const std::string& name,
                                std::shared_ptr<const Relation> relation) {
  const FunctionHandle function(duckdb_create_table_function());
  duckdb_table_function_set_name(function.get(), name.c_str());
  duckdb_table_function_set_extra_info(
      function.get(), new Registered{connection, std::move(relation)}, Delete<Registered>);
  duckdb_table_function_set_bind(function.get(), Bind);
  duckdb_table_function_set_init(function.get(), Init);
  duckdb_table_function_set_local_init(function.get(), InitThread);
  duckdb_table_function_set_function(function.get(), Produce);
  duckdb_table_function_supports_projection_pushdown(function.get(), true);
  if (duckdb_register_table_function(connection, function.get()) == DuckDBError) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("DuckDB refuses the function {}", name));
  }
  return {};
}

}  // namespace foreset::sql
