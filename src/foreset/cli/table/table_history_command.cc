// SPDX-License-Identifier: MIT
// `foreset table history`: the commits of a table, newest first.
#include <map>
#include <memory>
#include <string>

#include "foreset/base/json_writer.h"
#include "foreset/base/time_units.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/delta/table_history.h"

namespace foreset::cli {
namespace {

struct HistoryOptions {
  std::string table;
  std::string configuration;
  std::size_t limit = 20;
  OutputFormat format = OutputFormat::kTable;
};

ReportRows::Value AsJson(const std::map<std::string, std::string>& map) {
  if (map.empty()) return {};
  JsonWriter json;
  json.BeginObject();
  for (const auto& [key, value] : map) json.Member(key, value);
  json.EndObject();
  return json.Take();
}

ReportRows::Value OrNothing(const std::string& text) {
  if (text.empty()) return {};
  return text;
}

Result<int> History(const HistoryOptions& options, Context& context) {
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  const std::size_t limit = options.limit == 0 ? SIZE_MAX : options.limit;
  ReportRows report({{"version", ReportType::kInteger},
                     {"committed_at", ReportType::kTime},
                     {"operation", ReportType::kText},
                     {"files_added", ReportType::kInteger},
                     {"files_removed", ReportType::kInteger},
                     {"metrics", ReportType::kText},
                     {"parameters", ReportType::kText},
                     {"engine", ReportType::kText}});
  for (const delta::HistoryEntry& entry : TRY(delta::ReadHistory(*table.store, limit))) {
    report.Add({entry.version.value(), Timestamp(entry.timestamp_ms * kMicrosPerMilli),
                OrNothing(entry.info.operation), entry.files_added, entry.files_removed,
                AsJson(entry.info.operation_metrics), AsJson(entry.info.operation_parameters),
                OrNothing(entry.info.engine_info)});
  }
  RETURN_IF_ERROR(report.WriteTo(options.format, context));
  return kExitOk;
}

}  // namespace

void RegisterTableHistory(Command table, Context& context) {
  auto options = std::make_shared<HistoryOptions>();
  const Command command = table.AddCommand("history", "List the commits of a table, newest first");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  command.AddOption("--limit", options->limit, "At most so many commits; 0 for all (default 20)")
      .ValueName("N");
  AddOutputOption(command, options->format);
  command.Footer(R"(Example:
  foreset table history lake/silver/Orders --limit 5)");
  command.OnRun([options, &context] { return History(*options, context); });
}

}  // namespace foreset::cli
