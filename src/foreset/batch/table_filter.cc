// SPDX-License-Identifier: MIT
#include "foreset/batch/table_filter.h"

#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/batch/column_types.h"
#include "foreset/sql/delta_relation.h"
#include "foreset/sql/row_condition.h"

namespace foreset::batch {
namespace {

std::string StatementOf(const FilterOptions& options, const std::string& condition) {
  std::string columns;
  for (const std::string& name : options.columns) {
    columns += (columns.empty() ? "" : ", ") + sql::Quoted(name);
  }
  std::string statement =
      fmt::format("SELECT {} FROM input", columns.empty() ? "*" : columns.c_str());
  // The line end keeps a comment in the condition from swallowing what follows.
  if (!condition.empty()) statement += fmt::format(" WHERE (\n{}\n)", condition);
  if (options.limit) statement += fmt::format(" LIMIT {}", *options.limit);
  return statement;
}

}  // namespace

Result<FilteredRows> FilteredRows::Open(std::shared_ptr<ObjectStore> store,
                                        std::shared_ptr<const delta::Snapshot> snapshot,
                                        const FilterOptions& options, const JobSettings& job) {
  TemporaryFolder folder = TRY(TemporaryFolder::Make(job.temporary_folder, job.make_id()));
  auto engine = TRY(OpenEngine(job, folder.path(), false));
  const std::string name = store->Describe();
  std::string condition;
  if (!options.where.empty()) {
    condition = TRY(sql::CheckedCondition(*engine, options.where, *snapshot->schema()));
  }
  RETURN_IF_ERROR(
      engine->Register({"input"}, sql::MakeDeltaRelation(std::move(store), std::move(snapshot))));
  FilteredRows rows(std::move(folder), std::move(engine), Pace(job, name));
  rows.result_ = TRY(rows.engine_->Query(StatementOf(options, condition)));
  rows.schema_ = TRY(DeltaShapeOf(*rows.result_->schema())).columns;
  return rows;
}

Result<std::shared_ptr<arrow::RecordBatch>> FilteredRows::Next() {
  auto batch = TRY(result_->Next());
  if (batch != nullptr) RETURN_IF_ERROR(pace_.Count(batch->num_rows()));
  return batch;
}

}  // namespace foreset::batch
