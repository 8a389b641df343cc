// SPDX-License-Identifier: MIT
// `foreset table cat`: the rows of a table at any version.
#include <memory>
#include <ostream>
#include <string>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/row_scan.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/version_choice.h"

namespace foreset::cli {
namespace {

// What a person looks at; every other form has no limit unless one is given.
constexpr std::int64_t kTableRows = 1000;

struct CatOptions {
  std::string table;
  std::string configuration;
  VersionChoice version;
  RowQuery query;
  OutputFormat format = OutputFormat::kTable;
};

Result<int> Cat(const CatOptions& options, Context& context) {
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  const auto snapshot = TRY(LoadSnapshot(table.store, options.version));
  const RowScan scan = TRY(RowScan::Prepare(*snapshot->schema(), options.query));
  auto writer = TRY(OpenRowWriter(options.format, scan.schema(), context));
  const bool by_default = !options.query.limit && options.format == OutputFormat::kTable;
  const std::int64_t limit = by_default ? kTableRows : options.query.limit.value_or(0);
  const bool complete = TRY(RunLimited(
      scan, *table.store, *snapshot, limit,
      [&](const std::shared_ptr<arrow::RecordBatch>& rows) { return writer->Write(*rows); }));
  RETURN_IF_ERROR(writer->Finish());
  if (!complete && by_default) {
    PrintTo(ErrPage(context), "There are more rows than these {}; --limit 0 shows all.\n",
            FormatCount(kTableRows));
  }
  return kExitOk;
}

}  // namespace

void RegisterTableCat(Command table, Context& context) {
  auto options = std::make_shared<CatOptions>();
  const Command command = table.AddCommand("cat", "Print the rows of a table");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  AddVersionOptions(command, options->version);
  AddRowQueryOptions(command, options->query);
  AddOutputOption(command, options->format);
  command.Footer(
      R"(Examples:
  foreset table cat lake/silver/Customers --where "Email LIKE '%@example.org'" --limit 20
  foreset table cat lake/silver/Orders --at 2026-01-31T10:00:00Z -o csv > orders.csv
  foreset table cat lake/bronze/Orders --where "after.OrderID = 7" -o jsonl
  foreset table cat silver/Orders -c foreset.yaml --gtid 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77

Conditions: = <> < <= > >=, IS [NOT] NULL, [NOT] IN (…), [NOT] LIKE, [NOT] BETWEEN … AND …,
joined by AND, OR, NOT and parentheses. Text in '…', bytes as x'00ff', times as ISO text.)");
  command.OnRun([options, &context] { return Cat(*options, context); });
}

}  // namespace foreset::cli
