// SPDX-License-Identifier: MIT
#include "foreset/cli/migrate_command.h"

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/batch/migration.h"
#include "foreset/cli/batch_options.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/csv_options.h"
#include "foreset/cli/error_report.h"
#include "foreset/cli/output/aligned_lines.h"
#include "foreset/cli/output/object_rows.h"
#include "foreset/cli/output/output_place.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/store_options.h"
#include "foreset/cli/wiring.h"
#include "foreset/cli/work_progress.h"

namespace foreset::cli {
namespace {

using batch::MigratedTable;
using batch::MigrationReport;

struct MigrateArguments {
  std::string from;
  std::string configuration;
  std::string to;
  std::vector<std::string> tables;
  std::string format = "delta";
  std::string bad_rows;
  std::vector<std::string> schemas;
  CsvOptions csv;
  bool evolve = false;
  std::size_t jobs = 2;
  bool again = false;
  BatchArguments batch;
};

class CsvRowSink final : public batch::RowSink {
 public:
  explicit CsvRowSink(std::unique_ptr<RowWriter> rows) : rows_(std::move(rows)) {}
  Status Write(const arrow::RecordBatch& batch) override { return rows_->Write(batch); }
  Status Finish() override { return rows_->Finish(); }

 private:
  std::unique_ptr<RowWriter> rows_;
};

Result<std::unique_ptr<batch::RowSink>> MakeCsvSink(ObjectStore& store, const std::string& path,
                                                    std::shared_ptr<arrow::Schema> columns) {
  return std::make_unique<CsvRowSink>(
      TRY(OpenObjectRows(store, path, OutputFormat::kCsv, false, std::move(columns))));
}

std::string MigrationVerdict(const MigratedTable& table, const MigrationReport& report) {
  if (table.trouble) return "NOT PROVED";
  if (report.dry_run) return "not copied";
  return table.equal() ? "equal" : "DIFFERENT";
}

std::string MigrationJson(const MigrateArguments& arguments, const MigrationReport& report) {
  JsonWriter json;
  json.BeginObject().Member("to", arguments.to).Member("format", arguments.format);
  json.Member("dry_run", report.dry_run).Member("equal", report.equal());
  if (!report.position.empty()) json.Member("position", report.position);
  json.Key("seconds").Double(report.seconds).Key("tables").BeginArray();
  for (const MigratedTable& table : report.tables) {
    json.BeginObject().Member("table", table.name).Member("place", table.place);
    json.Member("verdict", MigrationVerdict(table, report)).Member("copied", table.copied);
    json.Member("source_rows", static_cast<std::int64_t>(table.source.rows));
    json.Member("target_rows", static_cast<std::int64_t>(table.target.rows));
    json.Member("source_checksum", table.source.Checksum());
    json.Member("target_checksum", table.target.Checksum());
    json.Member("bad_rows", static_cast<std::int64_t>(table.bad_rows));
    json.Member("rescued_values", static_cast<std::int64_t>(table.rescued));
    if (table.trouble) json.Member("error", table.trouble->ToString());
    json.Key("notes").BeginArray();
    for (const std::string& note : table.notes) json.String(note);
    json.EndArray().EndObject();
  }
  json.EndArray().Key("other_files").BeginArray();
  for (const std::string& name : report.others) json.String(name);
  json.EndArray().Key("passed_over").BeginArray();
  for (const batch::HiddenPlace& hidden : report.hidden) {
    json.BeginObject().Member("place", hidden.place);
    json.Member("files", static_cast<std::int64_t>(hidden.files)).EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

std::string MigrationConclusion(const MigrationReport& report) {
  if (report.dry_run && report.position.empty()) return "(dry run) nothing was copied";
  if (report.dry_run) return "(dry run) nothing was copied, the rows are the server's estimates,";
  if (report.tables.empty()) return "there was no table to copy";
  if (report.equal()) return "source and target are equal";
  const bool differs = std::ranges::any_of(
      report.tables, [](const MigratedTable& table) { return !table.trouble && !table.equal(); });
  return differs ? "SOURCE AND TARGET DIFFER" : "NOT ALL TABLES WERE COMPARED";
}

void TellLeftOut(const MigrationReport& report, Context& context) {
  for (const std::string& name : report.others) {
    PrintTo(ErrPage(context), "passed over, of no known form by its name: {}\n", name);
  }
  for (const batch::HiddenPlace& hidden : report.hidden) {
    PrintTo(ErrPage(context),
            "passed over, for the _ or . that its name begins with: {} ({} files)\n", hidden.place,
            FormatCount(hidden.files));
  }
}

void TellMore(const MigratedTable& table, AlignedLines& lines) {
  if (table.bad_rows > 0) {
    lines.Line(fmt::format("    {} bad rows were set aside", FormatCount(table.bad_rows)));
  }
  if (table.rescued > 0) {
    lines.Line(fmt::format("    {} values do not fit their types", FormatCount(table.rescued)));
  }
  if (table.trouble) {
    lines.Line("    " + table.trouble->ToString());
    lines.Line("    next: " + table.trouble->NextStep());
  }
  for (const std::string& note : table.notes) lines.Line("    " + note);
}

void TellMigration(const MigrationReport& report, Context& context) {
  AlignedLines lines({{"table", 40, false},
                      {"source rows", 12, true},
                      {"target rows", 12, true},
                      {"verdict", 10, false},
                      {report.dry_run ? "place" : "checksum", 0, false}});
  for (const MigratedTable& table : report.tables) {
    lines.Row({table.name, FormatCount(table.source.rows), FormatCount(table.target.rows),
               MigrationVerdict(table, report),
               report.dry_run ? table.place : table.target.Checksum()});
    TellMore(table, lines);
  }
  lines.WriteTo(ErrPage(context));
  TellLeftOut(report, context);
  PrintTo(ErrPage(context), "{}{} in {:.1f} s\n", MigrationConclusion(report),
          report.position.empty() ? "" : " at " + report.position, report.seconds);
}

Result<MigrationReport> FromDatabase(const MigrateArguments& arguments, const Context& context,
                                     WorkBoard* board) {
  if (!arguments.schemas.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "--schema is for folders of files");
  }
  if (const std::string given = arguments.csv.given(); !given.empty() || arguments.evolve) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("{} is for folders of files", given.empty() ? "--evolve" : given));
  }
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  batch::DatabaseMigration migration;
  migration.to = Located(arguments.to, context);
  migration.layout = configuration.lake.layout;
  migration.tables = arguments.tables;
  migration.jobs = arguments.jobs;
  migration.again = arguments.again;
  if (arguments.format == "csv") migration.csv = MakeCsvSink;
  migration.stores = StoreOptionsOf(configuration, context);
  migration.job = TRY(JobSettingsOf(arguments.batch, context, board));
  const auto source = TRY(OpenServer(configuration, context));
  source->StopOn(migration.job.stop);
  return batch::MigrateDatabase(*source, migration);
}

// "Orders=Id BIGINT, Total DECIMAL(18,2)"
Result<std::map<std::string, std::string>> GivenSchemas(const MigrateArguments& arguments) {
  std::map<std::string, std::string> schemas;
  for (const std::string& text : arguments.schemas) {
    const std::size_t at = text.find('=');
    if (at == 0 || at == std::string::npos ||
        !schemas.emplace(text.substr(0, at), text.substr(at + 1)).second) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("--schema \"{}\": give each table once, as TABLE=COLUMNS", text),
                 "For example --schema \"Orders=Id BIGINT, Total DECIMAL(18,2)\".");
    }
  }
  return schemas;
}

Result<MigrationReport> FromFiles(const MigrateArguments& arguments, const Context& context,
                                  WorkBoard* board) {
  if (arguments.format != "delta" || !arguments.tables.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               "--format csv and --tables are for databases");
  }
  batch::FileMigration migration;
  migration.schemas = TRY(GivenSchemas(arguments));
  migration.wishes = TRY(WishesOf(arguments.csv));
  migration.evolve = arguments.evolve;
  migration.from = Located(arguments.from, context);
  migration.to = Located(arguments.to, context);
  migration.jobs = arguments.jobs;
  if (!arguments.bad_rows.empty()) migration.bad_rows = Located(arguments.bad_rows, context);
  migration.stores = TRY(BatchStores(arguments.configuration, context));
  migration.job = TRY(JobSettingsOf(arguments.batch, context, board));
  return batch::MigrateFiles(migration);
}

// A table that differs goes before one of which nothing is known.
const Error* FirstTrouble(const MigrationReport& report) {
  const Error* first = nullptr;
  for (const MigratedTable& table : report.tables) {
    if (!table.trouble && !report.dry_run && !table.equal()) return nullptr;
    if (table.trouble && first == nullptr) first = &*table.trouble;
  }
  return first;
}

Result<int> Migrate(const MigrateArguments& arguments, Context& context) {
  RETURN_IF_ERROR(RefuseFileName("--to", arguments.to));
  WorkProgress progress(context, "rows");
  const MigrationReport report =
      TRY(arguments.from.empty() ? FromDatabase(arguments, context, progress.board())
                                 : FromFiles(arguments, context, progress.board()));
  progress.Finish();
  TellMigration(report, context);
  RETURN_IF_ERROR(WriteReport(arguments.batch, context, MigrationJson(arguments, report)));
  const auto* trouble = FirstTrouble(report);
  if (trouble != nullptr) return ExitCodeOf(*trouble);
  if (!report.equal()) return kExitMismatch;
  const bool warnings = std::ranges::any_of(report.tables, [](const MigratedTable& table) {
    return table.bad_rows > 0 || table.rescued > 0;
  });
  return warnings ? kExitWarnings : kExitOk;
}

}  // namespace

void RegisterMigrate(Command app, Context& context) {
  auto arguments = std::make_shared<MigrateArguments>();
  const Command command =
      app.AddCommand("migrate", "Copy a database, or a folder of files, and verify the copy");
  command.Group(kGroupTools);
  command.AddOption("FROM", arguments->from,
                    "A folder or URI with a folder or a file for each table: CSV, Parquet, JSON; "
                    "none: the configuration's database");
  AddConfigurationOption(command, arguments->configuration);
  command.AddOption("--to", arguments->to, "Root of the tables: a path or URI").Required();
  command.AddOption("--tables", arguments->tables, "Only these tables of the database")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  command.AddOption("--format", arguments->format, "Of what is written")
      .Among({"delta", "csv"})
      .ShowDefault();
  command.AddOption("--jobs", arguments->jobs, "Tables at the same time")
      .Between(1, 64)
      .ShowDefault();
  command.AddFlag("--again", arguments->again, "Copy tables again that were migrated before");
  command
      .AddOption("--schema", arguments->schemas,
                 "Types of a table's CSV columns, once for each table")
      .OnePerUse()
      .ValueName("T=COLUMNS");
  command.AddFlag("--evolve", arguments->evolve,
                  "Files of a table may have other columns: NULL where one lacks them");
  command
      .AddOption("--bad-rows", arguments->bad_rows,
                 "Set aside CSV rows that do not fit, in this folder")
      .ValueName("DIR");
  AddCsvOptions(command, arguments->csv);
  AddBatchOptions(command, arguments->batch);
  command.Footer(
      R"(A migration that broke off goes on when the command is run again. At the end every table is
read back and compared: exit code 3 when one differs, 4 when rows or values were set aside.
Tables that were migrated before are not copied; where the source has moved since, it is read
again for the comparison. Changes are not followed: `foreset run` copies and follows.

  foreset migrate -c foreset.yaml --to lake/plain
  foreset migrate -c foreset.yaml --to landing --format csv --tables Orders,Customers
  foreset migrate wasbs://online-store@acct.blob.core.windows.net/ --to lake/plain --jobs 4)");
  command.OnRun([arguments, &context] { return Migrate(*arguments, context); });
}

}  // namespace foreset::cli
