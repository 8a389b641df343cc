// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/table_listing.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/query.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/delta/schema_json.h"

namespace foreset::cli {

Status ListTables(sql::LakeSession& session, OutputFormat format, Context& context) {
  ReportRows report({{.name = "schema"}, {.name = "table"}});
  for (const sql::LakeTable& table : TRY(session.Tables())) report.Add({table.schema, table.name});
  return report.WriteTo(format, context);
}

Status DescribeTable(sql::LakeSession& session, const std::string& name, OutputFormat format,
                     Context& context) {
  const std::size_t dot = name.find('.');
  auto found = TRY(session.Find({name}));
  if (!found && dot != std::string::npos) {
    found = TRY(session.Find({name.substr(0, dot), name.substr(dot + 1)}));
  }
  if (!found) {
    return Err(ErrorKind::kInvalidInput, query_error::kQueryTableUnknown,
               fmt::format("there is no table {}", name), "\\d lists the tables.");
  }
  ReportRows report(
      {{.name = "column"}, {.name = "type"}, {.name = "nullable", .type = ReportType::kTruth}});
  for (const auto& field : found->snapshot->schema()->fields()) {
    report.Add({field->name(), field->type()->ToString(), field->nullable()});
  }
  return report.WriteTo(format, context);
}

}  // namespace foreset::cli
