// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/query_output.h"

#include <algorithm>
#include <memory>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/cli/output/output_option.h"

namespace foreset::cli {
namespace {

// What a person looks at; every other form has no limit unless one is given.
constexpr std::int64_t kTableRows = 1000;

std::int64_t LimitOf(const QueryOutput& output) {
  return output.limit.value_or(output.format == OutputFormat::kTable ? kTableRows : 0);
}

}  // namespace

Result<QueryRun> RunQuery(sql::LakeSession& session, const std::string& statement,
                          const QueryOutput& output, Context& context) {
  const auto result = TRY(session.Query(statement));
  QueryRun run;
  run.has_rows = result->has_rows();
  std::unique_ptr<RowWriter> writer;
  if (run.has_rows && output.expanded && output.format == OutputFormat::kTable) {
    writer = MakeRecordWriter(*result->schema(), context.out);
  } else if (run.has_rows) {
    writer = TRY(OpenRowWriter(output.format, result->schema(), context));
  }
  const std::int64_t limit = LimitOf(output);
  while (auto batch = TRY(result->Next())) {
    if (writer == nullptr) continue;
    const std::int64_t room = limit == 0 ? batch->num_rows() : limit - run.rows;
    run.complete = batch->num_rows() <= room;
    const auto shown = run.complete ? batch : batch->Slice(0, room);
    run.rows += shown->num_rows();
    RETURN_IF_ERROR(writer->Write(*shown));
    if (!run.complete) break;
  }
  if (writer != nullptr) RETURN_IF_ERROR(writer->Finish());
  return run;
}

std::string UsedVersions(const sql::LakeSession& session) {
  std::string text;
  for (const sql::UsedTable& used : session.used()) {
    const delta::Snapshot& snapshot = *used.snapshot;
    text += fmt::format("{}{}.{}@v{}", text.empty() ? "" : ", ", used.table.schema, used.table.name,
                        snapshot.version().value());
    if (used.pruned_files == 0) continue;
    const std::size_t files = snapshot.files().size();
    text += fmt::format(" ({} of {} files)", files - used.pruned_files, files);
  }
  return text;
}

}  // namespace foreset::cli
