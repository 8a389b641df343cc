// SPDX-License-Identifier: MIT
#include "foreset/cli/progress_command.h"

#include <memory>
#include <string>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/lake_overview.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"

namespace foreset::cli {
namespace {

struct ProgressOptions {
  std::string configuration;
  OutputFormat format = OutputFormat::kTable;
};

std::string BackfillText(const lake::Progress& progress) {
  if (!progress.backfill) return "none";
  if (progress.backfill->done) return "done";
  return "after " + std::to_string(progress.backfill->rows) + " rows";
}

Result<int> ShowProgress(const ProgressOptions& options, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  ReportRows report({{"table", ReportType::kText},
                     {"version", ReportType::kInteger},
                     {"file", ReportType::kText},
                     {"pos", ReportType::kInteger},
                     {"gtid", ReportType::kText},
                     {"epoch", ReportType::kInteger},
                     {"batch", ReportType::kInteger},
                     {"schema", ReportType::kInteger},
                     {"backfill", ReportType::kText},
                     {"committed_at", ReportType::kTime}});
  for (const LakeTableView& table : TRY(ReadLake(configuration, context))) {
    const std::string name = table.Name();
    if (!table.facts.progress) {
      const std::string why = table.error ? table.error->ToString() : "foreign";
      report.Add({name, {}, {}, {}, {}, {}, {}, {}, why, {}});
      continue;
    }
    const lake::Progress& progress = *table.facts.progress;
    report.Add({name, table.version, progress.position.file,
                static_cast<std::int64_t>(progress.position.offset), progress.position.gtid_set,
                std::int64_t{progress.position.epoch.value()}, progress.batch.value(),
                progress.schema.value(), BackfillText(progress), table.committed_at});
  }
  RETURN_IF_ERROR(report.WriteTo(options.format, context));
  return kExitOk;
}

}  // namespace

void RegisterProgress(Command app, Context& context) {
  auto options = std::make_shared<ProgressOptions>();
  const Command progress = app.AddCommand("progress", "Show replication progress per table: show");
  progress.Group(kGroupPipeline);
  progress.RequireCommand();
  const Command show =
      progress.AddCommand("show", "The position of the source that each layer and table covers");
  AddConfigurationOption(show, options->configuration);
  AddOutputOption(show, options->format);
  show.Footer(R"(Everything before file:pos (or in the GTID set) is in the table.
bronze/_epochs covers what all of bronze covers: a restart goes on there.

Example:
  foreset progress show -c foreset.yaml -o json)");
  show.OnRun([options, &context] { return ShowProgress(*options, context); });
}

}  // namespace foreset::cli
