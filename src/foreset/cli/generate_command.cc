// SPDX-License-Identifier: MIT
#include "foreset/cli/generate_command.h"

#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/base/messages.h"
#include "foreset/cli/batch_options.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/generate/csv_fill.h"
#include "foreset/cli/generate/load_runner.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {
namespace {

constexpr char kShopDatabase[] = "online_store";

struct GenerateArguments {
  std::string configuration;
  std::string database = kShopDatabase;
  std::string csv;  // folder
  std::string rows;
  std::string mix;
  std::string duration;
  std::string output = "table";
  double rate = 0;
  std::uint64_t seed = 1;
  std::uint64_t changes = 0;
  std::size_t connections = 1;
};

double SecondsOf(const LoadReport& report) {
  return static_cast<double>(report.elapsed.count()) / 1000;
}

double PerSecond(const LoadReport& report) {
  return report.elapsed.count() == 0
             ? 0
             : static_cast<double>(report.counts.total()) / SecondsOf(report);
}

std::string LoadTable(const LoadReport& report) {
  std::string text =
      fmt::format("{:<18} {:>12} {:>12} {:>12}\n", "table", "inserts", "updates", "deletes");
  for (std::size_t i = 0; i < kShopTableCount; ++i) {
    const auto table = static_cast<ShopTable>(i);
    text += fmt::format("{:<18} {:>12} {:>12} {:>12}\n", NamesOf(table).table,
                        FormatCount(report.counts.Of(table, RowChange::kInsert)),
                        FormatCount(report.counts.Of(table, RowChange::kUpdate)),
                        FormatCount(report.counts.Of(table, RowChange::kDelete)));
  }
  return text + fmt::format("{} changes in {} transactions, {:.1f} s, {:.0f} changes/s\n",
                            FormatCount(report.counts.total()), FormatCount(report.transactions),
                            SecondsOf(report), PerSecond(report));
}

std::string AsJson(const LoadReport& report) {
  JsonWriter json;
  json.BeginObject();
  json.Member("transactions", static_cast<std::int64_t>(report.transactions));
  json.Member("changes", static_cast<std::int64_t>(report.counts.total()));
  json.Member("repeated", static_cast<std::int64_t>(report.repeated));
  json.Key("seconds").Double(SecondsOf(report));
  json.Key("changes_per_second").Double(PerSecond(report));
  json.Key("tables").BeginObject();
  for (std::size_t i = 0; i < kShopTableCount; ++i) {
    const auto table = static_cast<ShopTable>(i);
    const auto count = [&](RowChange change) {
      return static_cast<std::int64_t>(report.counts.Of(table, change));
    };
    json.Key(NamesOf(table).table).BeginObject();
    json.Member("insert", count(RowChange::kInsert));
    json.Member("update", count(RowChange::kUpdate));
    json.Member("delete", count(RowChange::kDelete));
    json.EndObject();
  }
  json.EndObject().EndObject();
  return json.Take() + "\n";
}

Result<LoadOptions> LoadOptionsOf(const GenerateArguments& arguments, const Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  LoadOptions options;
  options.server = TRY(SourceOptionsOf(configuration));
  options.database = arguments.database;
  options.seed = arguments.seed;
  options.connections = arguments.connections;
  options.changes_per_second = arguments.rate;
  if (arguments.changes > 0) options.changes = arguments.changes;
  if (!arguments.mix.empty()) options.mix = TRY(ParseShopMix(arguments.mix));
  if (!arguments.duration.empty()) {
    options.duration = ParseDuration(arguments.duration);
    if (!options.duration) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("--duration: \"{}\" is not a duration", arguments.duration),
                 "Write it with its unit: 500ms, 30s, 5m.");
    }
  }
  return options;
}

// It writes, which capture's user may not.
Result<LoadReport> Advised(Result<LoadReport> made, const LoadOptions& options) {
  if (made) return made;
  Error error = std::move(made).error();
  if (error.code == ErrorCode::kSourceQueryFailed) {
    error.next_step = fmt::format(
        "Is the shop there? `mysql < examples/online_store/online_store.sql` makes {}; --database "
        "names another.",
        kShopDatabase);
  }
  const bool refused =
      error.code == ErrorCode::kMissingPrivilege || error.code == ErrorCode::kSourceAccessDenied;
  if (!refused) return std::unexpected(std::move(error));
  error.next_step = fmt::format(
      "Name a user that may SELECT, INSERT, UPDATE and DELETE in {}: --set source.mysql.user=NAME "
      "and FORESET_SOURCE_MYSQL_PASSWORD.",
      options.database);
  return std::unexpected(std::move(error));
}

void Add(LoadReport& sum, const LoadReport& more) {
  sum.counts.Add(more.counts);
  sum.transactions += more.transactions;
  sum.repeated += more.repeated;
  sum.elapsed += more.elapsed;
}

Result<int> GenerateCsv(const GenerateArguments& arguments, Context& context) {
  if (arguments.rows.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "--csv needs --rows");
  }
  const BulkRows rows = TRY(ParseBulkRows(arguments.rows));
  const LoadReport report = TRY(RunCsvFill(Located(arguments.csv, context), arguments.seed, rows,
                                           context.clock, context.catch_signals()));
  context.out << (arguments.output == "json" ? AsJson(report) : LoadTable(report));
  return kExitOk;
}

Result<int> Generate(const GenerateArguments& arguments, Context& context) {
  if (!arguments.csv.empty()) return GenerateCsv(arguments, context);
  const LoadOptions options = TRY(LoadOptionsOf(arguments, context));
  BulkRows rows{};
  if (!arguments.rows.empty()) rows = TRY(ParseBulkRows(arguments.rows));
  const std::stop_token stop = context.catch_signals();
  LoadReport report;
  if (!arguments.rows.empty()) {
    report = TRY(Advised(RunFill(options, rows, context.clock, stop), options));
    Info("filled: {} rows in {}", FormatCount(report.counts.total()),
         FormatDuration(report.elapsed));
  }
  // A fill alone ends by itself.
  const bool live = arguments.rows.empty() || options.changes || options.duration;
  if (live && !stop.stop_requested()) {
    Add(report, TRY(Advised(RunLoad(options, context.clock, stop), options)));
  }
  context.out << (arguments.output == "json" ? AsJson(report) : LoadTable(report));
  RETURN_IF_ERROR(UnlessStopped(stop, "generating"));
  return kExitOk;
}

void AddGenerateOptions(Command command, GenerateArguments& arguments) {
  AddConfigurationOption(command, arguments.configuration);
  command.AddOption("--database", arguments.database, "Where the shop's tables are").ShowDefault();
  command
      .AddOption("--rows", arguments.rows,
                 "First fill the tables: about so many rows, or TABLE=NUMBER,…")
      .ValueName("ROWS");
  command
      .AddOption("--csv", arguments.csv,
                 "Write the rows of --rows as CSV files below this folder, without a server")
      .ValueName("DIR");
  command.AddOption("--rate", arguments.rate, "Row changes a second; 0: as fast as possible")
      .NonNegative()
      .ShowDefault();
  command.AddOption("--changes", arguments.changes, "Stop after so many row changes");
  command.AddOption("--duration", arguments.duration, "Stop after so long, such as 30s")
      .ValueName("TIME");
  command.AddOption("--seed", arguments.seed, "The same seed makes the same changes").ShowDefault();
  command.AddOption("--connections", arguments.connections, "Streams at the same time")
      .Between(1, 64)
      .ShowDefault();
  command.AddOption("--mix", arguments.mix, "Relative frequency of events: order=30,price=4,…")
      .ValueName("EVENT=WEIGHT,…");
  command.AddOption("-o,--output", arguments.output, "Form of the report")
      .Among({"table", "json"})
      .ShowDefault();
}

}  // namespace

void RegisterGenerate(Command app, Context& context) {
  auto arguments = std::make_shared<GenerateArguments>();
  const Command command =
      app.AddCommand("generate", "Write the changes of a busy shop to the source");
  command.Group(kGroupTools);
  AddGenerateOptions(command, *arguments);
  command.Footer(
      "Works on the tables of examples/online_store/online_store.sql, which must be loaded. It\n"
      "writes, so it needs a user that may: the configuration's, or another by\n"
      "--set source.mysql.user=NAME and FORESET_SOURCE_MYSQL_PASSWORD.\n"
      "Events: order, progress, cart, review, price, move, register, return, restock, fleeting\n"
      "(a customer who comes and goes in one transaction), product, revise (a product's cost,\n"
      "category, seller or name: one transaction in twenty, unless --mix says otherwise).\n\n"
      "  foreset generate -c foreset.yaml --rate 100 --duration 1m\n"
      "  foreset generate -c foreset.yaml --rows 2000000 --connections 2\n"
      "  foreset generate --rows 100000 --csv landing");
  command.OnRun([arguments, &context] { return Generate(*arguments, context); });
}

}  // namespace foreset::cli
