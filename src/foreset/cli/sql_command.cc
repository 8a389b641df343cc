// SPDX-License-Identifier: MIT
// `foreset sql`: questions to the lake's tables.
#include "foreset/cli/sql_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/base/errors/query.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/sql/dialogue.h"
#include "foreset/cli/sql/query_output.h"
#include "foreset/cli/sql/shell.h"
#include "foreset/cli/sql/shell_command.h"
#include "foreset/cli/table_argument.h"
#include "foreset/sql/statement_text.h"

namespace foreset::cli {
namespace {

// Where a bare name is looked for first: the rows as they are.
constexpr std::array kOrder{lake::Layer::kSilver, lake::Layer::kGold, lake::Layer::kBronze};

struct SqlOptions {
  std::string query;
  std::string lake;
  std::string configuration;
  std::string memory;
  QueryOutput output;
};

// The layers below a place; the place itself where it has none of them.
Result<std::vector<sql::LakeSchema>> LakeSchemas(const std::string& lake,
                                                 const std::string& configuration,
                                                 const Context& context) {
  const NamedTable root = TRY(OpenNamedTable(lake, configuration, context));
  const std::vector<std::string> folders = TRY(root.store->ListFolders(""));
  if (folders.empty()) {
    return Err(ErrorKind::kNotFound, query_error::kQueryTableUnknown,
               fmt::format("there is no lake in {}", root.store->Describe()),
               "Name the folder that has bronze, silver and gold in it, or one of these.");
  }
  std::vector<sql::LakeSchema> schemas;
  for (const lake::Layer layer : kOrder) {
    const std::string name(lake::NameOf(layer));
    if (std::ranges::find(folders, name) != folders.end()) {
      schemas.push_back({name, SubStore(root.store, name)});
    }
  }
  if (schemas.empty()) schemas.push_back({"lake", root.store});
  return schemas;
}

Result<std::vector<sql::LakeSchema>> LakeSchemas(const SqlOptions& options,
                                                 const Context& context) {
  if (!options.lake.empty()) return LakeSchemas(options.lake, options.configuration, context);
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  std::vector<sql::LakeSchema> schemas;
  for (const lake::Layer layer : kOrder) {
    schemas.push_back({std::string(lake::NameOf(layer)),
                       TRY(OpenLayer(configuration, configuration.lake[layer], context))});
  }
  return schemas;
}

Result<sql::EngineOptions> EngineOptionsOf(const SqlOptions& options) {
  sql::EngineOptions engine;
  engine.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (!options.memory.empty()) {
    const auto bytes = ParseSize(options.memory);
    if (!bytes) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("--memory: \"{}\" is no size", options.memory), "Write it as 512MiB.");
    }
    engine.memory_limit_bytes = *bytes;
  }
  std::error_code ignored;
  engine.temporary_folder = fmt::format(
      "{}/foreset-sql-{}", std::filesystem::temp_directory_path(ignored).string(), getpid());
  return engine;
}

// Statements that have no rows to show.
bool ShowsNothing(const std::string& statement) {
  static const std::set<std::string> words{"set",    "reset",  "create", "drop",    "alter",
                                           "insert", "update", "delete", "begin",   "commit",
                                           "use",    "pragma", "attach", "rollback"};
  const auto names = sql::NamesIn(statement);
  return !names.empty() && words.contains(AsciiLower(names.front().front()));
}

// A file of JSON or Parquet holds one result.
Status CheckOneResult(const std::vector<ShellStep>& steps, OutputFormat format) {
  if (format != OutputFormat::kJson && format != OutputFormat::kParquet) return {};
  const auto results = std::ranges::count_if(
      steps, [](const ShellStep& step) { return step.command || !ShowsNothing(step.statement); });
  if (results <= 1) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("{} results cannot be one document of {}", results,
                         OutputFormatNames()[static_cast<std::size_t>(format)]),
             "Ask for one result, or take -o jsonl, csv, markdown or table, which write one after "
             "another.");
}

Result<int> RunAll(sql::LakeSession& session, const std::string& text, const SqlOptions& options,
                   Context& context) {
  const std::vector<ShellStep> steps = StepsOf(text);
  RETURN_IF_ERROR(CheckOneResult(steps, options.output.format));
  Dialogue dialogue(session, options.output, false, context);
  for (const ShellStep& step : steps) {
    RETURN_IF_ERROR(step.command ? dialogue.Do(*step.command) : dialogue.Ask(step.statement));
    if (dialogue.left()) break;
  }
  return kExitOk;
}

Result<int> Sql(const SqlOptions& options, Context& context) {
  const bool piped = options.query.empty() && !context.terminal.in;
  const std::string query =
      piped ? std::string(std::istreambuf_iterator<char>(context.in), {}) : options.query;
  const std::stop_token stop = context.catch_signals();  // its temporary folder goes
  auto schemas = TRY(LakeSchemas(options, context));
  const sql::EngineOptions engine = TRY(EngineOptionsOf(options));
  const auto session = TRY(sql::LakeSession::Open(std::move(schemas), engine));
  session->engine().StopWith(stop);
  if (piped || !query.empty()) return RunAll(*session, query, options, context);
  RETURN_IF_ERROR(RunShell(*session, options.output, context));
  return kExitOk;
}

}  // namespace

void RegisterSql(Command app, Context& context) {
  auto options = std::make_shared<SqlOptions>();
  const Command command = app.AddCommand("sql", "Query tables with SQL, one-off or interactively");
  command.Group(kGroupTables);
  command.AddOption("QUERY", options->query,
                    "A query in DuckDB's SQL; without one, an interactive session");
  command.AddOption("--lake", options->lake, "A lake's folder or URI, or one of a layer's")
      .ValueName("URI");
  AddConfigurationOption(command, options->configuration);
  command.AddOption("--limit", options->output.limit, "At most this many rows; 0: all")
      .NonNegative()
      .ValueName("N");
  command.AddOption("--memory", options->memory, "Memory for queries (default 1GiB)")
      .ValueName("SIZE");
  AddOutputOption(command, options->output.format);
  command.Footer(
      R"(Examples:
  foreset sql "SELECT StatusID, count(*) FROM silver.Orders GROUP BY ALL" --lake lake
  foreset sql "FROM Customers@v3 EXCEPT FROM Customers" -c foreset.yaml
  foreset sql "SELECT * FROM Products@'2026-01-31 10:00' WHERE Price > 100" -o csv > products.csv
  foreset sql -c foreset.yaml < report.sql
  foreset sql -c foreset.yaml                    help says what there is

Tables are silver.T, gold.T_current, gold.T_history and bronze.T; a bare name is looked for in
silver, gold, bronze; store_dw.T is a table in a folder of one of them. T@v3 is a version, T@'TIME'
a time (UTC). SHOW TABLES lists them. A query sees one version of a table for its whole run, opens
only the files and columns that it needs, and changes nothing. Several results follow one another,
in csv each with its header; json and parquet take one.)");
  command.OnRun([options, &context] { return Sql(*options, context); });
}

}  // namespace foreset::cli
