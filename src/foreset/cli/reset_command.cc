// SPDX-License-Identifier: MIT
#include "foreset/cli/reset_command.h"

#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/confirmation.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/reset.h"
#include "foreset/pipeline/reset_request.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/storage/local/local_files.h"

namespace foreset::cli {
namespace {

constexpr std::chrono::seconds kTakenWithin{60};
constexpr std::chrono::milliseconds kLookEvery{200};

struct ResetArguments {
  std::string configuration;
  std::string layer;
  std::vector<std::string> tables;
  std::vector<std::string> more_tables;
  bool yes = false;
  bool purge = false;
};

// The pipeline that runs gives the old tables names of its own time.
void ShowPlan(const pipeline::ResetPlan& plan, bool runs, const Page& page) {
  for (const auto& step : plan.steps) {
    PrintTo(page, "move {0}/{1} to {0}/{2}\n", lake::NameOf(step.layer), step.folder,
            runs ? "_old/" : step.moved_to);
  }
  for (const std::string& consequence : plan.consequences) PrintTo(page, "{}\n", consequence);
}

// Asks the pipeline that runs to do it, and waits until the old tables are out of the way. What it
// has not taken up by then is withdrawn.
Status Request(const pipeline::ResetPlan& plan, lake::Layer layer, ObjectStore& bronze,
               Context& context) {
  const auto make_id = RandomUuid;
  std::vector<pipeline::ResetRequest> waiting;
  for (const TableId& table : plan.tables) {
    waiting.push_back(TRY(pipeline::PostResetRequest(bronze, layer, table, make_id())));
  }
  const std::stop_token stop = context.catch_signals();
  const auto deadline = context.clock.Steady() + kTakenWithin;
  for (;;) {
    std::vector<pipeline::ResetRequest> still;
    for (const auto& request : waiting) {
      if (TRY(pipeline::IsPending(bronze, request))) still.push_back(request);
    }
    waiting = std::move(still);
    if (waiting.empty()) return {};
    if (stop.stop_requested() || context.clock.Steady() >= deadline) break;
    std::this_thread::sleep_for(kLookEvery);
  }
  std::string names;
  for (const auto& request : waiting) {
    RETURN_IF_ERROR(bronze.Delete(request.path));
    names += (names.empty() ? "" : ", ") + request.table.ToString();
  }
  RETURN_IF_ERROR(UnlessStopped(stop, "the reset of " + names));
  return Err(ErrorKind::kTransient, ErrorCode::kLakeLocked,
             fmt::format("the pipeline that runs has not begun anew: {}", names),
             "Try again; or stop `foreset run`, and reset then.");
}

Status RemoveEmptyFolders(const LakeSettings& lake, const pipeline::PurgePlan& plan) {
  for (const pipeline::OldTable& table : plan.tables) {
    const LayerSettings& layer = lake[table.layer];
    if (!IsLocal(layer)) continue;
    RETURN_IF_ERROR(RemoveEmptyDirectories(layer.location + "/_old"));
  }
  return {};
}

// What earlier resets kept goes, and nothing is reset.
Result<int> Purge(const ResetArguments& arguments, const Configuration& configuration,
                  const lake::Lake& lake, Context& context) {
  const auto plan =
      TRY(pipeline::PlanPurge(lake, lake::LayerNamed(arguments.layer).value(), arguments.tables));
  for (const pipeline::OldTable& table : plan.tables) {
    PrintTo(OutPage(context), "delete {}/{}: {} objects, {} bytes\n", lake::NameOf(table.layer),
            table.folder, table.objects.size(), table.bytes);
  }
  for (const std::string& kept : plan.kept) {
    PrintTo(OutPage(context), "leave {}: no reset has put it there\n", kept);
  }
  if (plan.tables.empty()) {
    context.out << "there are no old tables to delete\n";
    return kExitOk;
  }
  if (!TRY(Confirmed(arguments.yes, context))) return 1;
  const std::size_t deleted = TRY(pipeline::ApplyPurge(plan));
  RETURN_IF_ERROR(RemoveEmptyFolders(configuration.lake, plan));
  PrintTo(OutPage(context), "{} objects of old tables deleted\n", deleted);
  return kExitOk;
}

Result<int> Reset(const ResetArguments& arguments, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  if (arguments.purge) return Purge(arguments, configuration, lake, context);
  const lake::Layer layer = lake::LayerNamed(arguments.layer).value();
  auto locks = LockLake(configuration, context);
  // Who keeps only silver or gold does not take this lake's requests.
  const bool runs = !locks && locks.error().code == ErrorCode::kLakeLocked &&
                    LakeLock::IsHeld(LakeLockFile(configuration, context)).value_or(false);
  // Bronze is copied anew, with which a run begins: there it has to end first.
  if (!locks && (!runs || layer == lake::Layer::kBronze)) {
    return std::unexpected(std::move(locks).error());
  }
  const auto plan = TRY(pipeline::PlanReset(lake, layer, arguments.tables));
  ShowPlan(plan, runs, OutPage(context));
  if (!TRY(Confirmed(arguments.yes, context))) return 1;
  if (runs) {
    RETURN_IF_ERROR(Request(plan, layer, *lake.stores.bronze, context));
  } else {
    context.catch_signals();  // what is begun comes to its end
    RETURN_IF_ERROR(pipeline::ApplyReset(plan));
    for (const TableId& table : plan.tables) {
      RETURN_IF_ERROR(pipeline::RemoveStopNote(*lake.stores.bronze, table));
    }
  }
  PrintTo(OutPage(context), "{}; the old tables stay below _old/ until `foreset reset --purge`\n",
          runs ? "the running pipeline makes the tables anew" : "done");
  return kExitOk;
}

}  // namespace

void RegisterReset(Command app, Context& context) {
  auto arguments = std::make_shared<ResetArguments>();
  const Command command = app.AddCommand("reset", "Rebuild a layer from the layer below it");
  command.Group(kGroupRepair);
  AddConfigurationOption(command, arguments->configuration);
  command.AddOption("--layer", arguments->layer, "bronze (from the source), silver or gold")
      .Among(lake::LayerNames())
      .Required();
  command.AddOption("TABLE", arguments->tables, "Tables; none: all");
  command.AddOption("--table", arguments->more_tables, "The same, by name")
      .SplitAt(',')
      .OnePerUse()
      .ValueName("A,B");
  command.AddFlag("--yes", arguments->yes, "Do not ask");
  command.AddFlag("--purge", arguments->purge,
                  "Only delete what earlier resets of these tables kept");
  command.Footer(
      "Shows first what will be read again, or deleted. The old tables are moved below _old/ and\n"
      "kept until --purge, which resets nothing. A layer takes those above it along. Silver and\n"
      "gold are made anew by the pipeline that runs, while the other tables go on, or by the next\n"
      "run; for bronze stop it first.");
  command.OnRun([arguments, &context] {
    arguments->tables.insert(arguments->tables.end(), arguments->more_tables.begin(),
                             arguments->more_tables.end());
    return Reset(*arguments, context);
  });
}

}  // namespace foreset::cli
