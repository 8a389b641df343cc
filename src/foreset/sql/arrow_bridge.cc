// SPDX-License-Identifier: MIT
#include "foreset/sql/arrow_bridge.h"

#include <utility>

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

namespace foreset::sql {
namespace {

std::unexpected<Error> Internal(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
}

// Types that come out as other values than DuckDB shows.
Status CheckShown(duckdb_logical_type type, const char* column) {
  const duckdb_type id = duckdb_get_type_id(type);
  if (id != DUCKDB_TYPE_UHUGEINT && id != DUCKDB_TYPE_BIT) return {};
  return Err(ErrorKind::kUnsupported, query_error::kQueryInvalid,
             fmt::format("the column {} has the type {}, which no output has", column,
                         id == DUCKDB_TYPE_BIT ? "BIT" : "UHUGEINT"),
             "Ask for its text: CAST(… AS VARCHAR).");
}

}  // namespace

Result<ArrowToDuckDb> ArrowToDuckDb::Make(duckdb_connection connection,
                                          std::shared_ptr<arrow::Schema> schema) {
  ArrowToDuckDb bridge;
  bridge.connection_ = connection;
  // What our fields' metadata say is for Delta and Parquet.
  bridge.schema_ = schema->RemoveMetadata();
  ArrowSchema exported{};
  if (const auto status = arrow::ExportSchema(*bridge.schema_, &exported); !status.ok()) {
    return Internal(status);
  }
  const auto converted =
      CheckErrorData(duckdb_schema_from_arrow(connection, &exported, bridge.converted_.address()),
                     query_error::kQueryInvalid);
  if (exported.release != nullptr) exported.release(&exported);
  RETURN_IF_ERROR(converted);
  return bridge;
}

Result<ChunkHandle> ArrowToDuckDb::Convert(const arrow::RecordBatch& batch) const {
  ArrowArray exported{};
  if (const auto status = arrow::ExportRecordBatch(batch, &exported); !status.ok()) {
    return Internal(status);
  }
  ChunkHandle chunk;
  const auto converted = CheckErrorData(
      duckdb_data_chunk_from_arrow(connection_, &exported, converted_.get(), chunk.address()),
      query_error::kQueryFailed);
  if (exported.release != nullptr) exported.release(&exported);
  RETURN_IF_ERROR(converted);
  return chunk;
}

Result<std::vector<TypeHandle>> ArrowToDuckDb::Types() const {
  auto empty = arrow::RecordBatch::MakeEmpty(schema_);
  if (!empty.ok()) return Internal(empty.status());
  const ChunkHandle chunk = TRY(Convert(**empty));
  std::vector<TypeHandle> types;
  for (int i = 0; i < schema_->num_fields(); ++i) {
    const auto column = static_cast<idx_t>(i);
    types.emplace_back(
        duckdb_vector_get_column_type(duckdb_data_chunk_get_vector(chunk.get(), column)));
  }
  return types;
}

Result<DuckDbToArrow> DuckDbToArrow::Make(duckdb_result& result) {
  DuckDbToArrow bridge;
  bridge.options_ = ArrowOptionsHandle(duckdb_result_get_arrow_options(&result));
  std::vector<TypeHandle> owned;
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
    owned.emplace_back(duckdb_column_logical_type(&result, i));
    types.push_back(owned.back().get());
    names.push_back(duckdb_column_name(&result, i));
    RETURN_IF_ERROR(CheckShown(types.back(), names.back()));
  }
  ArrowSchema exported{};
  RETURN_IF_ERROR(CheckErrorData(duckdb_to_arrow_schema(bridge.options_.get(), types.data(),
                                                        names.data(), types.size(), &exported),
                                 query_error::kQueryFailed));
  auto schema = arrow::ImportSchema(&exported);
  if (!schema.ok()) return Internal(schema.status());
  bridge.schema_ = *std::move(schema);
  return bridge;
}

Result<std::shared_ptr<arrow::RecordBatch>> DuckDbToArrow::Convert(duckdb_data_chunk chunk) const {
  ArrowArray exported{};
  RETURN_IF_ERROR(CheckErrorData(duckdb_data_chunk_to_arrow(options_.get(), chunk, &exported),
                                 query_error::kQueryFailed));
  auto batch = arrow::ImportRecordBatch(&exported, schema_);
  if (!batch.ok()) return Internal(batch.status());
  return *std::move(batch);
}

}  // namespace foreset::sql
