// SPDX-License-Identifier: MIT
#include "foreset/cli/warehouse_command.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/named_file.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/mysql_address.h"
#include "foreset/cli/report_file.h"
#include "foreset/cli/warehouse_report.h"
#include "foreset/cli/wiring.h"
#include "foreset/cli/work_progress.h"
#include "foreset/pipeline/warehouse/warehouse_load.h"

namespace foreset::cli {
namespace {

constexpr char kPasswordVariable[] = "FORESET_WAREHOUSE_PASSWORD";

struct LoadArguments {
  std::string configuration;
  std::string models;
  std::string folder = "store_dw";
  std::string target;
  std::vector<std::string> select;
  std::string report;
  std::string output = "table";
  bool full = false;
  bool dry_run = false;
};

std::filesystem::path Below(const Context& context, const std::string& path) {
  return std::filesystem::path(context.working_directory) / path;
}

// Every *.sql of the folder is a model.
Result<std::vector<sql::Model>> ReadModels(const LoadArguments& arguments, const Context& context) {
  std::error_code error;
  std::vector<sql::Model> models;
  std::filesystem::directory_iterator entry(Below(context, arguments.models), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::filesystem::path& path = entry->path();
    if (path.extension() != ".sql") continue;
    const std::string text = TRY(ReadNamedFile(context.read_file, "--models:", path.string()));
    models.push_back(TRY(sql::ParseModel(path.stem().string(), text)));
  }
  if (error || models.empty()) {
    return Err(ErrorKind::kInvalidInput, warehouse_error::kModelInvalid,
               fmt::format("--models: {} has no models: {}", arguments.models,
                           error ? error.message() : "no file ends with .sql"));
  }
  return models;
}

Result<pipeline::TargetOptions> TargetOf(const LoadArguments& arguments, const Context& context) {
  MysqlAddress address = TRY(ParseMysqlAddress(arguments.target));
  RETURN_IF_ERROR(CheckPemFile("--to: ca:", address.server.tls.ca));
  const auto password = context.environment(kPasswordVariable);
  if (password) address.server.password = Secret(*password);
  return pipeline::TargetOptions{std::move(address.server), std::move(address.database)};
}

Result<pipeline::WarehouseOptions> WarehouseOptionsOf(const LoadArguments& arguments,
                                                      const Configuration& configuration,
                                                      const Context& context) {
  pipeline::WarehouseOptions options;
  options.models = TRY(ReadModels(arguments, context));
  options.folder = arguments.folder == "." ? "" : arguments.folder;
  options.select = arguments.select;
  options.full = arguments.full;
  options.dry_run = arguments.dry_run;
  // The rest is for the files that are read and written beside DuckDB.
  options.engine.memory_limit_bytes = configuration.memory_limit_bytes / 2;
  std::error_code ignored;
  options.engine.temporary_folder = fmt::format(
      "{}/foreset-warehouse-{}", std::filesystem::temp_directory_path(ignored).string(), getpid());
  if (!arguments.target.empty()) options.target = TRY(TargetOf(arguments, context));
  return options;
}

// A report that was asked for is there, also when the load has failed.
Status WriteReport(const LoadArguments& arguments, const Context& context,
                   const pipeline::WarehouseReport& report) {
  if (arguments.report.empty()) return {};
  return WriteReportFile(Below(context, arguments.report), AsJson(report));
}

Result<int> Load(const LoadArguments& arguments, Context& context) {
  if (!arguments.report.empty()) {
    RETURN_IF_ERROR(CheckReportFile(Below(context, arguments.report)));
  }
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  auto options = TRY(WarehouseOptionsOf(arguments, configuration, context));
  WorkProgress progress(context, "rows");
  options.board = progress.board();
  const std::stop_token stop = context.catch_signals();
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  const auto tell = [](const pipeline::ModelReport& model) { Info("{}", AsLine(model)); };
  const auto report = TRY(pipeline::LoadWarehouse(lake, options, tell, stop));
  progress.Finish();
  if (arguments.output == "json") {
    context.out << AsJson(report);
  } else {
    PrintReport(report, OutPage(context));
  }
  RETURN_IF_ERROR(WriteReport(arguments, context, report));
  const Error* failure = report.failure();
  if (failure == nullptr) return kExitOk;
  RETURN_IF_ERROR(UnlessStopped(stop, "the load"));
  return std::unexpected(*failure);
}

void AddWarehouseLoadOptions(Command command, LoadArguments& arguments) {
  AddConfigurationOption(command, arguments.configuration);
  command.AddOption("--models", arguments.models, "Folder of the models: files NAME.sql")
      .ValueName("DIR")
      .Required();
  command.AddOption("--into", arguments.folder, "Folder of the tables below gold; .: gold itself")
      .ValueName("NAME")
      .ShowDefault();
  command.AddOption("--to", arguments.target, "Fill the same tables in a MySQL database, too")
      .ValueName("mysql://USER@HOST/DATABASE");
  command
      .AddOption("--select", arguments.select,
                 "Models to load: NAME, +NAME with what it reads, NAME+ with what reads it")
      .ValueName("MODEL")
      .SplitAt(',');
  command.AddFlag("--full", arguments.full, "Compute all rows, not only changed ones");
  command.AddFlag("--dry-run", arguments.dry_run, "Show how each model would be loaded");
  command.AddOption("--report", arguments.report, "Write the report there, as JSON")
      .ValueName("FILE");
  command.AddOption("-o,--output", arguments.output, "table or json")
      .Among({"table", "json"})
      .ShowDefault();
}

}  // namespace

void RegisterWarehouse(Command app, Context& context) {
  const Command warehouse = app.AddCommand("warehouse", "Fill a data warehouse from the lake");
  warehouse.Group(kGroupTools);
  warehouse.RequireCommand();
  auto arguments = std::make_shared<LoadArguments>();
  const Command load = warehouse.AddCommand("load", "Load the tables that models describe");
  AddWarehouseLoadOptions(load, *arguments);
  load.Footer(
      "All models read the lake at one position of the source, also beside `foreset run`. A model\n"
      "is loaded in part where it says how, else whole; a table whose checks fail stays as it "
      "was,\n"
      "and the command ends with 1. Loading again changes nothing. The password of --to is taken\n"
      "from FORESET_WAREHOUSE_PASSWORD.\n\n"
      "  foreset warehouse load -c foreset.yaml --models warehouse\n"
      "  foreset warehouse load -c foreset.yaml --models warehouse --to mysql://dw@db/store_dw");
  load.OnRun([arguments, &context] { return Load(*arguments, context); });
}

}  // namespace foreset::cli
