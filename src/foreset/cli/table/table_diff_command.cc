// SPDX-License-Identifier: MIT
// `foreset table diff`: what two versions of a table differ in.
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/row_scan.h"
#include "foreset/cli/source_key.h"
#include "foreset/cli/table/table_diff.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/version_choice.h"

namespace foreset::cli {
namespace {

struct DiffOptions {
  std::string table;
  std::string configuration;
  VersionChoice earlier;
  VersionChoice later;
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::vector<std::string> key;
  RowQuery query;
  OutputFormat format = OutputFormat::kTable;
};

Status WriteRows(const TableDiff& diff, std::int64_t limit, RowWriter& writer,
                 const std::shared_ptr<arrow::Schema>& schema) {
  std::int64_t left = limit == 0 ? static_cast<std::int64_t>(diff.rows.size()) : limit;
  for (const DiffRow& row : diff.rows) {
    if (left-- == 0) break;
    auto kind = arrow::MakeArrayFromScalar(arrow::StringScalar(std::string(NameOf(row.kind))), 1);
    if (!kind.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, kind.status().ToString());
    }
    arrow::ArrayVector columns{*kind};
    for (const auto& column : row.row->columns()) columns.push_back(column);
    RETURN_IF_ERROR(writer.Write(*arrow::RecordBatch::Make(schema, 1, std::move(columns))));
  }
  return writer.Finish();
}

// Without a choice the earlier side is the version before the later one.
Result<std::shared_ptr<const delta::Snapshot>> LoadEarlier(const DiffOptions& options,
                                                           const NamedTable& table,
                                                           const delta::Snapshot& later) {
  VersionChoice choice = options.earlier;
  if (options.from) choice = {.version = options.from, .at = {}, .gtid = {}};
  if (choice.empty()) choice.version = std::max<std::int64_t>(0, later.version().value() - 1);
  return LoadSnapshot(table.store, choice);
}

Result<int> Diff(const DiffOptions& options, Context& context) {
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  VersionChoice to = options.later;
  if (options.to) to = {.version = options.to, .at = {}, .gtid = {}};
  const auto later = TRY(LoadSnapshot(table.store, to));
  const auto earlier = TRY(LoadEarlier(options, table, *later));
  const auto key = options.key.empty() ? SourceKeyOf(*later) : options.key;
  const TableDiff diff = TRY(DiffTable(*table.store, *earlier, *later, options.query, key));
  arrow::FieldVector fields{arrow::field("_diff", arrow::utf8(), false)};
  for (const auto& field : diff.schema->fields()) fields.push_back(field);
  const auto schema = arrow::schema(fields);
  auto writer = TRY(OpenRowWriter(options.format, schema, context));
  RETURN_IF_ERROR(WriteRows(diff, options.query.limit.value_or(0), *writer, schema));
  if (!context.options.quiet) {
    PrintTo(ErrPage(context), "Version {} to {}: {} added, {} removed, {} changed.\n",
            earlier->version().value(), later->version().value(),
            FormatCount(static_cast<std::uint64_t>(diff.added)),
            FormatCount(static_cast<std::uint64_t>(diff.removed)),
            FormatCount(static_cast<std::uint64_t>(diff.changed)));
  }
  return kExitOk;
}

}  // namespace

void RegisterTableDiff(Command table, Context& context) {
  auto options = std::make_shared<DiffOptions>();
  const Command command =
      table.AddCommand("diff", "Show the differences between two versions of a table");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  AddVersionOptions(command, options->earlier);
  AddVersionOptions(command, options->later, "to-");
  command.AddOption("--from", options->from, "The same as --version")
      .Excludes({"--version", "--at", "--gtid"})
      .ValueName("N");
  command.AddOption("--to", options->to, "The same as --to-version")
      .Excludes({"--to-version", "--to-at", "--to-gtid"})
      .ValueName("N");
  command
      .AddOption("--key", options->key,
                 "Columns that identify a row (default: the key of the source table)")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  AddRowQueryOptions(command, options->query);
  AddOutputOption(command, options->format);
  command.Footer(
      R"(Rows are added, removed, or changed_from and changed_to (same key, other values).
--version, --at and --gtid choose the earlier side (default: the version before the later),
--to-version, --to-at and --to-gtid the later one (default: the latest version).

Examples:
  foreset table diff lake/silver/Orders
  foreset table diff lake/silver/Orders --from 3 --to 9 --columns OrderID,StatusID
  foreset table diff silver/Orders -c foreset.yaml --at 2026-01-31T10:00:00Z -o jsonl)");
  command.OnRun([options, &context] { return Diff(*options, context); });
}

}  // namespace foreset::cli
