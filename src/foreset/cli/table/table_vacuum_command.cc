// SPDX-License-Identifier: MIT
// `foreset table vacuum`: removes files that no version needs any more.
#include <memory>
#include <ostream>
#include <string>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/delta/vacuum.h"

namespace foreset::cli {
namespace {

struct VacuumOptions {
  std::string table;
  std::string configuration;
  std::string retain;
  bool dry_run = false;
  bool force = false;
  OutputFormat format = OutputFormat::kTable;
};

Result<std::chrono::hours> RetentionOf(const VacuumOptions& options) {
  if (options.retain.empty()) return delta::kVacuumRetention;
  const auto retain = ParseDuration(options.retain);
  if (!retain) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--retain: \"{}\" is no duration", options.retain),
               "Write it as 168h or 7d.");
  }
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(*retain);
  if (hours < delta::kVacuumRetention && !options.force) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kUsage,
        fmt::format("{} is less than the 7 days for which readers and writers may hold on to "
                    "older files",
                    options.retain),
        "Add --force when nobody reads older versions and no run writes the lake.");
  }
  return hours;
}

Result<int> Vacuum(const VacuumOptions& options, Context& context) {
  const auto retention = TRY(RetentionOf(options));
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  const auto snapshot = TRY(delta::Snapshot::Load(table.store));
  const auto unneeded =
      TRY(delta::FindUnneeded(*table.store, *snapshot, context.clock.Now(), retention));
  ReportRows report({{"path", ReportType::kText},
                     {"bytes", ReportType::kInteger},
                     {"written_at", ReportType::kTime}});
  std::uint64_t bytes = 0;
  std::size_t deleted = 0;
  const std::stop_token stop = context.catch_signals();  // what was deleted is told
  for (const ObjectInfo& object : unneeded) {
    if (stop.stop_requested()) break;
    if (!options.dry_run) RETURN_IF_ERROR(table.store->Delete(object.path));
    ++deleted;
    bytes += object.size_bytes;
    report.Add({object.path, static_cast<std::int64_t>(object.size_bytes), object.modified_at});
  }
  RETURN_IF_ERROR(report.WriteTo(options.format, context));
  Info("{}: {} files of {} {}", table.name, FormatCount(deleted), FormatSize(bytes),
       options.dry_run ? "would be deleted" : "deleted");
  if (deleted < unneeded.size()) RETURN_IF_ERROR(UnlessStopped(stop, "deleting"));
  return kExitOk;
}

}  // namespace

void RegisterTableVacuum(Command table, Context& context) {
  auto options = std::make_shared<VacuumOptions>();
  const Command command = table.AddCommand("vacuum", "Delete files that no version needs");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  command.AddFlag("--dry-run", options->dry_run, "Show what would be deleted, delete nothing");
  command.AddOption("--retain", options->retain, "Keep what was needed since then (default 7d)")
      .ValueName("DURATION");
  command.AddFlag("--force", options->force, "Also with less than 7 days");
  AddOutputOption(command, options->format);
  command.Footer(
      "Versions that are older than the retention cannot be read afterwards. What is newer stays,\n"
      "also files that no commit names yet. May run beside `foreset run`.\n"
      "Example:\n  foreset table vacuum lake/silver/Orders --dry-run");
  command.OnRun([options, &context] { return Vacuum(*options, context); });
}

}  // namespace foreset::cli
