// SPDX-License-Identifier: MIT
// `foreset table ls`: the tables below a path, or of a whole lake.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "foreset/base/time_units.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/table/table_facts.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/delta/table_search.h"

namespace foreset::cli {
namespace {

struct LsOptions {
  std::string place;
  std::string configuration;
  OutputFormat format = OutputFormat::kTable;
};

// A table that cannot be read is listed with the reason, so that one bad table hides no other.
void AddTable(const std::string& name, const std::shared_ptr<ObjectStore>& store,
              ReportRows& report) {
  const auto snapshot = delta::Snapshot::Load(store);
  if (!snapshot) {
    report.Add({name, {}, {}, {}, {}, {}, {}, snapshot.error().ToString()});
    return;
  }
  const TableFacts facts = FactsOf(**snapshot);
  ReportRows::Value rows;
  if (facts.rows) rows = *facts.rows;
  ReportRows::Value position;
  if (facts.progress) position = facts.progress->position.ToString();
  report.Add({name,
              (*snapshot)->version().value(),
              rows,
              facts.files,
              facts.bytes,
              Timestamp((*snapshot)->timestamp_ms() * kMicrosPerMilli),
              position,
              {}});
}

Status AddBelow(const std::string& prefix, const std::shared_ptr<ObjectStore>& store,
                ReportRows& report) {
  for (const std::string& folder : TRY(delta::FindTables(*store))) {
    const auto table = folder.empty() ? store : SubStore(store, folder);
    AddTable(folder.empty() ? "." : prefix + folder, table, report);
  }
  return {};
}

Status AddAll(const LsOptions& options, const Context& context, ReportRows& report) {
  const bool configured = !ConfigurationFile(options.configuration, context).empty();
  if (!options.place.empty() && (!configured || !lake::LayerNamed(options.place))) {
    const NamedTable place = TRY(OpenNamedTable(options.place, options.configuration, context));
    return AddBelow("", place.store, report);
  }
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  for (const lake::Layer layer : lake::kLayers) {
    const std::string name(lake::NameOf(layer));
    if (!options.place.empty() && options.place != name) continue;
    const auto store = TRY(OpenLayer(configuration, configuration.lake[layer], context));
    RETURN_IF_ERROR(AddBelow(name + "/", store, report));
  }
  return {};
}

Result<int> Ls(const LsOptions& options, Context& context) {
  ReportRows report({{"table", ReportType::kText},
                     {"version", ReportType::kInteger},
                     {"rows", ReportType::kInteger},
                     {"files", ReportType::kInteger},
                     {"bytes", ReportType::kInteger},
                     {"committed_at", ReportType::kTime},
                     {"position", ReportType::kText},
                     {"error", ReportType::kText}});
  RETURN_IF_ERROR(AddAll(options, context, report));
  RETURN_IF_ERROR(report.WriteTo(options.format, context));
  return kExitOk;
}

}  // namespace

void RegisterTableLs(Command table, Context& context) {
  auto options = std::make_shared<LsOptions>();
  const Command command = table.AddCommand("ls", "List tables with their versions, rows and sizes");
  command.AddOption("URI", options->place,
                    "A directory or URI to look below, or a layer with -c; none: the whole lake");
  AddConfigurationOption(command, options->configuration);
  AddOutputOption(command, options->format);
  command.Footer(R"(Examples:
  foreset table ls lake/silver
  foreset table ls -c foreset.yaml
  foreset table ls gold -c foreset.yaml -o json)");
  command.OnRun([options, &context] { return Ls(*options, context); });
}

}  // namespace foreset::cli
