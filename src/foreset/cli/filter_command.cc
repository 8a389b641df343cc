// SPDX-License-Identifier: MIT
#include "foreset/cli/filter_command.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/json_writer.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/table_filter.h"
#include "foreset/cli/batch_options.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/object_rows.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/output_place.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/version_choice.h"
#include "foreset/cli/work_progress.h"
#include "foreset/model/table_schema.h"

namespace foreset::cli {
namespace {

struct FilterArguments {
  std::string table;
  std::string configuration;
  VersionChoice version;
  batch::FilterOptions filter;
  std::string to;
  std::string format;
  bool overwrite = false;
  BatchArguments batch;
};

std::unexpected<Error> OutputExists(const std::string& name) {
  return Err(ErrorKind::kInvalidInput, batch_error::kOutputExists, name + " is there already");
}

OutputFormat FormatNamed(const std::string& name) {
  const auto& names = OutputFormatNames();
  return static_cast<OutputFormat>(std::ranges::find(names, name) - names.begin());
}

Status Drain(batch::FilteredRows& rows, RowWriter& writer) {
  while (const auto batch = TRY(rows.Next())) RETURN_IF_ERROR(writer.Write(*batch));
  return writer.Finish();
}

// A table has a column once; names that differ in case alone are one.
Status CheckNamedOnce(const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto same = [&](const std::string& other) { return SameName(other, columns[i]); };
    if (std::none_of(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      continue;
    }
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--columns names {} twice, which a Delta table cannot", columns[i]));
  }
  return {};
}

Status ToDelta(const FilterArguments& arguments, const std::string& to, batch::FilteredRows& rows,
               const batch::JobSettings& job, const StoreOptions& stores) {
  RETURN_IF_ERROR(CheckNamedOnce(arguments.filter.columns));
  auto store = TRY(OpenStore(to, stores));
  auto target = TRY(batch::DeltaTarget::Open(
      std::move(store), {.name = LastPart(to), .clock = job.clock, .make_id = job.make_id}));
  if (target.exists() && !arguments.overwrite) return OutputExists(to);
  RETURN_IF_ERROR(target.Plan(*rows.schema(), batch::Growth::kReplace));
  while (const auto batch = TRY(rows.Next())) RETURN_IF_ERROR(target.Write(*batch));
  batch::Load load{.sources = {}, .removed = {}, .state = {}, .operation = "FILTER"};
  load.parameters = {{"table", arguments.table}, {"where", arguments.filter.where}};
  load.metrics = {{"rows", std::to_string(rows.rows())}};
  RETURN_IF_ERROR(target.Commit(load));
  return {};
}

Status ToFile(const FilterArguments& arguments, const std::string& to, const OutputPlace& form,
              batch::FilteredRows& rows, const StoreOptions& stores) {
  const std::size_t slash = to.rfind('/');
  const auto store = TRY(OpenStore(to.substr(0, std::max<std::size_t>(slash, 1)), stores));
  const std::string path = to.substr(slash + 1);
  const auto there = store->Stat(path);
  if (there && !arguments.overwrite) return OutputExists(to);
  if (!there && there.error().kind != ErrorKind::kNotFound) return std::unexpected(there.error());
  const auto writer =
      TRY(OpenObjectRows(*store, path, FormatNamed(form.format), form.gzip, rows.schema()));
  return Drain(rows, *writer);
}

Status Count(batch::FilteredRows& rows) {
  while (TRY(rows.Next()) != nullptr) {
  }
  return {};
}

std::string FilterReportJson(const FilterArguments& arguments, const std::string& to,
                             const std::string& format, std::int64_t version, std::uint64_t rows,
                             double seconds) {
  JsonWriter json;
  json.BeginObject().Member("table", arguments.table).Member("version", version);
  json.Member("where", arguments.filter.where).Member("to", to).Member("format", format);
  json.Member("dry_run", arguments.batch.dry_run);
  json.Member("rows", static_cast<std::int64_t>(rows)).Key("seconds").Double(seconds);
  json.EndObject();
  return json.Take();
}

Result<int> Filter(const FilterArguments& arguments, Context& context) {
  // Rows on a terminal show by themselves how far it is.
  const bool rows_show = arguments.to.empty() && context.terminal.out;
  WorkProgress progress(context, "rows");
  const batch::JobSettings job =
      TRY(JobSettingsOf(arguments.batch, context, rows_show ? nullptr : progress.board()));
  if (rows_show) progress.Finish();
  const auto begun = context.clock.Steady();
  OutputPlace form{arguments.format.empty() ? "csv" : arguments.format};
  if (!arguments.to.empty()) form = TRY(OutputPlaceOf(arguments.to, arguments.format));
  const std::string& format = form.format;
  const NamedTable table = TRY(OpenNamedTable(arguments.table, arguments.configuration, context));
  const StoreOptions stores = TRY(BatchStores(arguments.configuration, context));
  const auto snapshot = TRY(LoadSnapshot(table.store, arguments.version));
  auto rows = TRY(batch::FilteredRows::Open(table.store, snapshot, arguments.filter, job));
  const std::string to = arguments.to.empty() ? "" : Located(arguments.to, context);
  if (arguments.batch.dry_run) {
    RETURN_IF_ERROR(Count(rows));
  } else if (to.empty()) {
    if (format == "delta") {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "--format delta needs --to");
    }
    const auto writer = TRY(OpenRowWriter(FormatNamed(format), rows.schema(), context));
    RETURN_IF_ERROR(Drain(rows, *writer));
  } else if (format == "delta") {
    RETURN_IF_ERROR(ToDelta(arguments, to, rows, job, stores));
  } else {
    RETURN_IF_ERROR(ToFile(arguments, to, form, rows, stores));
  }
  progress.Finish();
  const double seconds = std::chrono::duration<double>(context.clock.Steady() - begun).count();
  const std::int64_t version = snapshot->version().value();
  PrintTo(ErrPage(context), "{}{} rows of {} version {}{} in {:.1f} s\n",
          arguments.batch.dry_run ? "(dry run) " : "", FormatCount(rows.rows()), arguments.table,
          version, to.empty() ? "" : " to " + to, seconds);
  RETURN_IF_ERROR(
      WriteReport(arguments.batch, context,
                  FilterReportJson(arguments, to, format, version, rows.rows(), seconds)));
  return kExitOk;
}

void AddFilterOptions(Command command, FilterArguments& arguments) {
  command.AddOption("T", arguments.table, kTableArgument).Required();
  AddConfigurationOption(command, arguments.configuration);
  AddVersionOptions(command, arguments.version);
  command
      .AddOption("--where", arguments.filter.where,
                 "Only rows for which this SQL is true: \"Price >= 9.99 AND Name LIKE 'A%'\"")
      .ValueName("CONDITION");
  command.AddOption("--columns", arguments.filter.columns, "Only these columns, in this order")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  command.AddOption("--limit", arguments.filter.limit, "At most so many rows")
      .NonNegative()
      .ValueName("N");
  command.AddOption("--to", arguments.to, "A file, or a table's path or URI; none: stdout")
      .ValueName("PLACE");
  command
      .AddOption("--format", arguments.format,
                 "Of the output; else as --to ends: .parquet, .csv, .json, .jsonl, the latter "
                 "three also with .gz; else a Delta table")
      .Among({"delta", "parquet", "csv", "json", "jsonl"});
  command.AddFlag("--overwrite", arguments.overwrite, "Overwrite an existing output");
  AddBatchOptions(command, arguments.batch);
}

}  // namespace

void RegisterFilter(Command app, Context& context) {
  auto arguments = std::make_shared<FilterArguments>();
  const Command command =
      app.AddCommand("filter", "Write some rows of a table to another table or a file");
  command.Group(kGroupTools);
  AddFilterOptions(command, *arguments);
  command.Footer(
      R"(Conditions are DuckDB's SQL. The output is there as a whole or not at all.

  foreset filter lake/silver/Orders --where "TotalAmount > 100" --to big_orders.parquet
  foreset filter lake/silver/Orders --columns OrderID,StatusID --version 3 --to lake/extra/Orders
  foreset filter silver/Customers -c foreset.yaml --where "Email ILIKE '%@x.org'" > some.csv)");
  command.OnRun([arguments, &context] { return Filter(*arguments, context); });
}

}  // namespace foreset::cli
