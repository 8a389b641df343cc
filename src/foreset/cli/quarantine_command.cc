// SPDX-License-Identifier: MIT
#include "foreset/cli/quarantine_command.h"

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/quarantine_repair.h"
#include "foreset/cli/quarantine_tables.h"
#include "foreset/cli/row_scan.h"

namespace foreset::cli {
namespace {

struct QuarantineOptions {
  std::string configuration;
  std::string table;  // show: of silver, whose rules refused the rows; empty: bronze's own
  RowQuery query;
  OutputFormat format = OutputFormat::kTable;
};

Result<Quarantine> OpenShown(const QuarantineOptions& options, const Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  if (options.table.empty()) return OpenRecordQuarantine(configuration, context);
  return OpenRefusedOf(configuration, options.table, context);
}

// Records of one table that failed for one reason code.
struct Group {
  std::int64_t records = 0;
  std::string first;  // by source time
  std::string last;
};

Result<int> List(const QuarantineOptions& options, Context& context) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  std::vector<Quarantine> all = TRY(OpenAllRefused(configuration, context));
  all.push_back(TRY(OpenRecordQuarantine(configuration, context)));
  for (const Quarantine& quarantine : all) {
    if (quarantine.snapshot == nullptr) continue;
    const RowScan scan = TRY(RowScan::Prepare(
        *quarantine.snapshot->schema(),
        {.columns = {"database", "table", "code", "_source_ts"}, .where = "", .limit = {}}));
    RETURN_IF_ERROR(scan.Run(*quarantine.store, *quarantine.snapshot, [&](const auto& rows) {
      for (std::int64_t row = 0; row < rows->num_rows(); ++row) {
        const auto cell = [&](int column) { return CellText(*rows->column(column), row); };
        Group& group = groups[{cell(0) + "." + cell(1), cell(2)}];
        const std::string time = cell(3);
        if (group.records == 0 || time < group.first) group.first = time;
        if (time > group.last) group.last = time;
        ++group.records;
      }
      return Status();
    }));
  }
  ReportRows report({{"table", ReportType::kText},
                     {"code", ReportType::kText},
                     {"records", ReportType::kInteger},
                     {"first", ReportType::kText},
                     {"last", ReportType::kText}});
  for (const auto& [key, group] : groups) {
    report.Add({key.first, key.second, group.records, group.first, group.last});
  }
  RETURN_IF_ERROR(report.WriteTo(options.format, context));
  return kExitOk;
}

Result<int> ShowRows(const QuarantineOptions& options, Context& context) {
  const Quarantine quarantine = TRY(OpenShown(options, context));
  if (quarantine.snapshot == nullptr) {
    RETURN_IF_ERROR(ReportRows({{"table", ReportType::kText}}).WriteTo(options.format, context));
    return kExitOk;
  }
  const RowScan scan = TRY(RowScan::Prepare(*quarantine.snapshot->schema(), options.query));
  auto writer = TRY(OpenRowWriter(options.format, scan.schema(), context));
  RETURN_IF_ERROR(RunLimited(
      scan, *quarantine.store, *quarantine.snapshot, options.query.limit.value_or(0),
      [&](const std::shared_ptr<arrow::RecordBatch>& rows) { return writer->Write(*rows); }));
  RETURN_IF_ERROR(writer->Finish());
  return kExitOk;
}

}  // namespace

void RegisterQuarantine(Command app, Context& context) {
  auto options = std::make_shared<QuarantineOptions>();
  const Command group = app.AddCommand(
      "quarantine",
      "Records that could not be applied, or that rules refused: ls, show, retry, drop");
  group.Group(kGroupRepair);
  group.RequireCommand();
  const Command list = group.AddCommand("ls", "Count them by table and error code");
  AddConfigurationOption(list, options->configuration);
  AddOutputOption(list, options->format);
  list.OnRun([options, &context] { return List(*options, context); });
  const Command show = group.AddCommand("show", "Print them, with their bytes and positions");
  AddConfigurationOption(show, options->configuration);
  show.AddOption("TABLE", options->table,
                 "A table of silver: the rows that its rules refused; none: what bronze could not "
                 "take");
  AddRowQueryOptions(show, options->query);
  AddOutputOption(show, options->format);
  show.Footer(R"(Examples:
  foreset quarantine show -c foreset.yaml --where "table = 'Orders' AND code = 'E2206'" -o jsonl
  foreset quarantine show Products -c foreset.yaml --where "rule = 'Price >= 0'")");
  show.OnRun([options, &context] { return ShowRows(*options, context); });
  RegisterQuarantineRepair(group, context);
}

}  // namespace foreset::cli
