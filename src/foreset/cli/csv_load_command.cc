// SPDX-License-Identifier: MIT
#include "foreset/cli/csv_load_command.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/batch/csv_load.h"
#include "foreset/cli/batch_options.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/csv_options.h"
#include "foreset/cli/output/output_place.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/work_progress.h"

namespace foreset::cli {
namespace {

const std::vector<std::string>& ModeNames() {
  static const std::vector<std::string> names{"append", "overwrite", "upsert"};
  return names;
}

constexpr char kStandardInput[] = "-";
const char* const kOutcomes[] = {"loaded", "skipped", "checked"};

struct CsvArguments {
  std::vector<std::string> places;  // the inputs, then the table
  std::string configuration;
  std::string mode = "append";
  CsvOptions csv;
  batch::CsvLoadOptions load;
  BatchArguments batch;
};

Result<batch::CsvLoadOptions> CsvOptionsOf(const CsvArguments& arguments, const Context& context,
                                           WorkBoard* board) {
  batch::CsvLoadOptions options = arguments.load;
  for (std::size_t i = 0; i + 1 < arguments.places.size(); ++i) {
    const std::string& place = arguments.places[i];
    options.inputs.push_back(place == kStandardInput ? place : Located(place, context));
  }
  options.wishes = TRY(WishesOf(arguments.csv));
  options.mode = arguments.mode == "append"   ? batch::LoadMode::kAppend
                 : arguments.mode == "upsert" ? batch::LoadMode::kUpsert
                                              : batch::LoadMode::kOverwrite;
  if (!options.bad_rows.empty()) options.bad_rows = Located(options.bad_rows, context);
  options.stores = TRY(BatchStores(arguments.configuration, context));
  options.job = TRY(JobSettingsOf(arguments.batch, context, board));
  return options;
}

void WriteDialect(const batch::CsvDialect& dialect, JsonWriter& json) {
  json.Key("dialect").BeginObject();
  json.Member("delimiter", std::string_view(&dialect.delimiter, 1));
  json.Member("quote", std::string_view(&dialect.quote, dialect.quote == '\0' ? 0 : 1));
  json.Member("escape", std::string_view(&dialect.escape, dialect.escape == '\0' ? 0 : 1));
  json.Member("header", dialect.header);
  json.Member("skip", dialect.skip);
  json.EndObject();
}

std::string CsvReportJson(const std::string& table, const CsvArguments& arguments,
                          const batch::LoadReport& report) {
  JsonWriter json;
  json.BeginObject();
  json.Member("table", table);
  json.Member("mode", arguments.mode);
  json.Member("dry_run", arguments.batch.dry_run);
  json.Member("rows", static_cast<std::int64_t>(report.rows));
  json.Member("bad_rows", static_cast<std::int64_t>(report.bad_rows));
  json.Member("replaced", static_cast<std::int64_t>(report.replaced));
  if (report.version) json.Member("version", *report.version);
  json.Key("seconds").Double(report.seconds);
  json.Key("columns").BeginArray();
  for (const batch::CsvColumn& column : report.columns) {
    json.BeginObject();
    json.Member("name", column.name);
    json.Member("type", column.type);
    json.EndObject();
  }
  json.EndArray().Key("files").BeginArray();
  for (const batch::LoadedFile& file : report.files) {
    json.BeginObject();
    json.Member("file", file.name);
    json.Member("outcome", kOutcomes[static_cast<std::size_t>(file.outcome)]);
    json.Member("rows", static_cast<std::int64_t>(file.rows));
    json.Member("bad_rows", static_cast<std::int64_t>(file.bad_rows));
    json.Member("replaced", static_cast<std::int64_t>(file.replaced));
    if (file.dialect) WriteDialect(*file.dialect, json);
    json.EndObject();
  }
  json.EndArray().Key("other_files").BeginArray();
  for (const std::string& name : report.others) json.String(name);
  json.EndArray().EndObject();
  return json.Take();
}

void TellLoad(const std::string& table, const CsvArguments& arguments,
              const batch::LoadReport& report, Context& context) {
  for (const batch::LoadedFile& file : report.files) {
    PrintTo(ErrPage(context), "{:<8} {:>13} rows {:>9} bad  {}\n",
            kOutcomes[static_cast<std::size_t>(file.outcome)], FormatCount(file.rows),
            FormatCount(file.bad_rows), file.name);
  }
  for (const std::string& name : report.others) {
    PrintTo(ErrPage(context), "passed over, no CSV by its name: {}\n", name);
  }
  for (const batch::CsvColumn& column : report.columns) {
    if (arguments.batch.dry_run) PrintTo(ErrPage(context), "  {} {}\n", column.name, column.type);
  }
  PrintTo(ErrPage(context), "{}{}: {} rows{}{} in {:.1f} s{}\n",
          arguments.batch.dry_run ? "(dry run) " : "", table, FormatCount(report.rows),
          report.replaced > 0 ? fmt::format(" ({} replaced)", FormatCount(report.replaced)) : "",
          report.bad_rows > 0 ? fmt::format(", {} bad rows", FormatCount(report.bad_rows)) : "",
          report.seconds, report.version ? fmt::format(", version {}", *report.version) : "");
}

Result<int> LoadFiles(const CsvArguments& arguments, Context& context) {
  if (arguments.places.size() < 2) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               "csv-to-delta takes inputs and, last, the table");
  }
  WorkProgress progress(context, "rows");
  const batch::CsvLoadOptions options = TRY(CsvOptionsOf(arguments, context, progress.board()));
  RETURN_IF_ERROR(RefuseFileName("TABLE", arguments.places.back()));
  const std::string table = Located(arguments.places.back(), context);
  const auto store = TRY(OpenStore(table, options.stores));
  const batch::LoadReport report = TRY(batch::LoadCsv(store, LastPart(table), options));
  progress.Finish();
  TellLoad(table, arguments, report, context);
  RETURN_IF_ERROR(WriteReport(arguments.batch, context, CsvReportJson(table, arguments, report)));
  return report.bad_rows > 0 ? kExitWarnings : kExitOk;
}

void AddLoadOptions(Command command, CsvArguments& arguments) {
  command
      .AddOption("INPUT… TABLE", arguments.places,
                 "Files, patterns, folders, URIs or - (the standard input); last the table")
      .Required();
  AddConfigurationOption(command, arguments.configuration);
  command.AddOption("--mode", arguments.mode, "What becomes of rows that are there")
      .Among(ModeNames())
      .ShowDefault();
  command.AddOption("--key", arguments.load.key, "Columns that identify a row, for --mode upsert")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  command.AddFlag("--evolve", arguments.load.evolve, "Add columns that the table lacks");
  command
      .AddOption("--bad-rows", arguments.load.bad_rows,
                 "Set aside rows that do not fit, in this file, and load the rest")
      .ValueName("FILE");
}

}  // namespace

void RegisterCsvLoad(Command app, Context& context) {
  auto arguments = std::make_shared<CsvArguments>();
  const Command command = app.AddCommand("csv-to-delta", "Load CSV files into a Delta table");
  command.Group(kGroupTools);
  AddLoadOptions(command, *arguments);
  command
      .AddOption("--schema", arguments->load.schema,
                 "Types of columns: \"Id BIGINT, Price DECIMAL(18,2)\"; the rest is inferred")
      .ValueName("COLUMNS");
  AddCsvOptions(command, arguments->csv);
  AddBatchOptions(command, arguments->batch);
  command.Footer(
      R"TEXT(Files may be compressed with gzip, zstd or bzip2. What is loaded is remembered in the
table: run the command again, and it goes on where it was. Exit code 4: some rows were set aside.

No value is changed: what does not fit its column's type exactly makes its row a bad one, and a
type is inferred only where it holds every value as it is written. The rest is text.

  foreset csv-to-delta orders.csv lake/Orders --dry-run
  foreset csv-to-delta 'in/*.csv.gz' lake/Orders --schema "Price DECIMAL(18,2)" --bad-rows bad
  foreset csv-to-delta sales.csv lake/Sales --decimal , --date-format %d.%m.%Y
  foreset csv-to-delta today.csv lake/Orders --mode upsert --key OrderID --evolve
  foreset csv-to-delta wasbs://online-store@acct.blob.core.windows.net/Orders/ lake/Orders)TEXT");
  command.OnRun([arguments, &context] { return LoadFiles(*arguments, context); });
}

}  // namespace foreset::cli
