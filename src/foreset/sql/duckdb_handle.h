// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <duckdb.h>

#include "foreset/base/errors/query.h"
#include "foreset/base/result.h"

// DuckDB's objects, owned. For the sources of this folder only.
namespace foreset::sql {

template <typename Handle, auto Destroy>
class Owned {
 public:
  Owned() = default;
  explicit Owned(Handle handle) : handle_(handle) {}
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, Handle{})) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() { Destroy(&handle_); }

  Handle get() const { return handle_; }
  Handle* address() { return &handle_; }
  explicit operator bool() const { return handle_ != Handle{}; }

 private:
  Handle handle_{};
};

using DatabaseHandle = Owned<duckdb_database, duckdb_close>;
using ConnectionHandle = Owned<duckdb_connection, duckdb_disconnect>;
using StatementHandle = Owned<duckdb_prepared_statement, duckdb_destroy_prepare>;
using ExtractedHandle = Owned<duckdb_extracted_statements, duckdb_destroy_extracted>;
using PendingHandle = Owned<duckdb_pending_result, duckdb_destroy_pending>;
using ChunkHandle = Owned<duckdb_data_chunk, duckdb_destroy_data_chunk>;
using TypeHandle = Owned<duckdb_logical_type, duckdb_destroy_logical_type>;
using ArrowOptionsHandle = Owned<duckdb_arrow_options, duckdb_destroy_arrow_options>;
using ArrowSchemaHandle =
    Owned<duckdb_arrow_converted_schema, duckdb_destroy_arrow_converted_schema>;
using FunctionHandle = Owned<duckdb_table_function, duckdb_destroy_table_function>;

// Takes over what a call said of its failure.
inline Status CheckErrorData(duckdb_error_data data, ErrorCode code) {
  const bool failed = data != nullptr && duckdb_error_data_has_error(data);
  const std::string message = failed ? duckdb_error_data_message(data) : "";
  duckdb_destroy_error_data(&data);
  if (!failed) return {};
  return Err(ErrorKind::kInvalidInput, code, message);
}

}  // namespace foreset::sql
