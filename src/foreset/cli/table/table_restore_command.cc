// SPDX-License-Identifier: MIT
// `foreset table restore`: makes a table what an earlier version of it was.
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/version_choice.h"
#include "foreset/cli/wiring.h"
#include "foreset/delta/committer.h"
#include "foreset/delta/restore.h"
#include "foreset/lake/progress.h"

namespace foreset::cli {
namespace {

struct RestoreOptions {
  std::string table;
  std::string configuration;
  VersionChoice version;
  bool dry_run = false;
};

// Bronze is the log: changes that it forgets are nowhere else, and nothing would bring them again.
Status RefuseLoss(const NamedTable& table, const delta::Snapshot& latest,
                  const delta::Snapshot& wanted) {
  const bool log = latest.schema()->GetFieldByName("_batch") != nullptr ||
                   table.location.substr(table.location.rfind('/') + 1).starts_with('_');
  const auto now = latest.FindDomain(lake::kProgressDomain);
  if (!log || !now || now == wanted.FindDomain(lake::kProgressDomain)) return {};
  return Err(
      ErrorKind::kInvalidInput, ErrorCode::kUsage,
      fmt::format("version {} of {} lacks changes that bronze has taken since; going back there "
                  "would lose them",
                  wanted.version().value(), table.name),
      "Restore the last version that is Foreset's, or copy the table anew: foreset reset "
      "--layer bronze.");
}

Result<int> Restore(const RestoreOptions& options, Context& context) {
  if (options.version.empty()) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kUsage, "which version is not said",
        "Add --version N, --at TIMESTAMP or --gtid SET; `foreset table history` lists them.");
  }
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  // Whoever keeps the table would not see that it was set back before its next change.
  const LakeLocks locks =
      TRY(options.dry_run ? Result<LakeLocks>() : LockTable(table.location, context));
  const auto latest = TRY(delta::Snapshot::Load(table.store));
  const auto wanted = TRY(LoadSnapshot(table.store, options.version));
  RETURN_IF_ERROR(RefuseLoss(table, *latest, *wanted));
  auto plan = TRY(delta::PlanRestore(*table.store, latest, *wanted));
  Info("{}: version {} as {}: {} files come back, {} go", table.name, wanted->version().value(),
       latest->version().value() + 1, plan.added, plan.removed);
  if (options.dry_run) return kExitOk;
  context.catch_signals();  // the commit is made to its end
  delta::Committer committer(table.store, context.clock, RandomUuid);
  const auto outcome = TRY(committer.Commit(plan.transaction));
  if (const auto* conflict = std::get_if<delta::Conflict>(&outcome)) {
    return Err(ErrorKind::kTransient, ErrorCode::kLakeTableMoved,
               fmt::format("{}: {}", table.name, conflict->reason),
               "Stop what writes the table, then run the command again.");
  }
  return kExitOk;
}

}  // namespace

void RegisterTableRestore(Command table, Context& context) {
  auto options = std::make_shared<RestoreOptions>();
  const Command command = table.AddCommand("restore", "Restore a table to an earlier version");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  AddVersionOptions(command, options->version);
  command.AddFlag("--dry-run", options->dry_run, "Show what would change, change nothing");
  command.Footer(
      "A new version is committed; history keeps all others. While `foreset run` keeps the table\n"
      "it is refused (E3008): stop that first. It then goes on from what the restored table\n"
      "covers, and brings silver and gold up from bronze again.\n"
      "Example:\n  foreset table restore lake/silver/Orders --version 41");
  command.OnRun([options, &context] { return Restore(*options, context); });
}

}  // namespace foreset::cli
