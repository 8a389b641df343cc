// SPDX-License-Identifier: MIT
#include "foreset/cli/reset_command.h"

#include <chrono>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/cli/output/print.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/reset.h"
#include "foreset/pipeline/reset_request.h"
#include "foreset/pipeline/stop_notes.h"

namespace foreset::cli {
namespace {

constexpr std::chrono::seconds kTakenWithin{60};
constexpr std::chrono::milliseconds kLookEvery{200};

struct ResetArguments {
  std::string configuration;
  std::string layer;
  std::vector<std::string> tables;
  bool yes = false;
  bool purge = false;
};

pipeline::Layer LayerOf(const std::string& name) {
  if (name == "bronze") return pipeline::Layer::kBronze;
  return name == "silver" ? pipeline::Layer::kSilver : pipeline::Layer::kGold;
}

// The pipeline that runs gives the old tables names of its own time.
void Show(const pipeline::ResetPlan& plan, bool runs, std::ostream& out) {
  for (const auto& step : plan.steps) {
    PrintTo(out, "move {0}/{1} to {0}/{2}\n", step.layer, step.folder,
            runs ? "_old/" : step.moved_to);
  }
  for (const std::string& consequence : plan.consequences) PrintTo(out, "{}\n", consequence);
}

// A plan is carried out when it was said so on the command line, or is said now on a terminal.
Result<bool> Agreed(const ResetArguments& arguments, Context& context) {
  if (arguments.yes) return true;
  if (!context.terminal.in) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               "nothing was changed: a reset must be confirmed",
               "Run the command again with --yes.");
  }
  context.err << "Do this? [y/N] " << std::flush;
  std::string answer;
  std::getline(context.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

// Asks the pipeline that runs to do it, and waits until the old tables are out of the way. What it
// has not taken up by then is withdrawn.
Status Request(const pipeline::ResetPlan& plan, pipeline::Layer layer, ObjectStore& bronze,
               Context& context) {
  const auto make_id = RandomUuid;
  std::vector<pipeline::ResetRequest> waiting;
  for (const TableId& table : plan.tables) {
    waiting.push_back(TRY(pipeline::PostResetRequest(bronze, layer, table, make_id())));
  }
  const auto deadline = context.clock.Steady() + kTakenWithin;
  for (;;) {
    std::vector<pipeline::ResetRequest> still;
    for (const auto& request : waiting) {
      if (TRY(pipeline::IsPending(bronze, request))) still.push_back(request);
    }
    waiting = std::move(still);
    if (waiting.empty()) return {};
    if (context.clock.Steady() >= deadline) break;
    std::this_thread::sleep_for(kLookEvery);
  }
  std::string names;
  for (const auto& request : waiting) {
    RETURN_IF_ERROR(bronze.Delete(request.path));
    names += (names.empty() ? "" : ", ") + request.table.ToString();
  }
  return Err(ErrorKind::kTransient, ErrorCode::kLakeLocked,
             fmt::format("the pipeline that runs has not begun anew: {}", names),
             "Try again; or stop `foreset run`, and reset then.");
}

Result<int> Purge(const ResetArguments& arguments, const pipeline::LakeStores& stores,
                  Context& context) {
  if (!TRY(Agreed(arguments, context))) return 1;
  PrintTo(context.out, "{} objects of old tables deleted\n",
          TRY(pipeline::PurgeOldTables(stores, LayerOf(arguments.layer))));
  return kExitOk;
}

Result<int> Reset(const ResetArguments& arguments, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  const auto stores = TRY(OpenLake(configuration, context));
  if (arguments.purge) return Purge(arguments, stores, context);
  const pipeline::Layer layer = LayerOf(arguments.layer);
  auto locks = LockLake(configuration, context);
  // Who keeps only silver or gold does not take this lake's requests.
  const bool runs = !locks && locks.error().code == ErrorCode::kLakeLocked &&
                    LakeLock::IsHeld(LakeLockFile(configuration, context)).value_or(false);
  // Bronze is copied anew, with which a run begins: there it has to end first.
  if (!locks && (!runs || layer == pipeline::Layer::kBronze)) {
    return std::unexpected(std::move(locks).error());
  }
  const auto options = PipelineOptionsOf(configuration, context);
  const auto plan = TRY(pipeline::PlanReset(stores, options, layer, arguments.tables));
  Show(plan, runs, context.out);
  if (!TRY(Agreed(arguments, context))) return 1;
  if (runs) {
    RETURN_IF_ERROR(Request(plan, layer, *stores.bronze, context));
    context.out << "the running pipeline makes the tables anew; ";
  } else {
    RETURN_IF_ERROR(pipeline::ApplyReset(plan));
    for (const TableId& table : plan.tables) {
      RETURN_IF_ERROR(pipeline::RemoveStopNote(*stores.bronze, table));
    }
    context.out << "done; ";
  }
  context.out << "the old tables stay below _old/ until `foreset reset --purge`\n";
  return kExitOk;
}

}  // namespace

void RegisterReset(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<ResetArguments>();
  CLI::App* command = app.add_subcommand("reset", "Begin a layer anew from the layer below");
  command->group(kGroupRepair);
  AddConfigurationOption(*command, arguments->configuration);
  command->add_option("--layer", arguments->layer, "bronze (from the source), silver or gold")
      ->check(CLI::IsMember({"bronze", "silver", "gold"}))
      ->required();
  command->add_option("TABLE", arguments->tables, "Tables; none: all");
  command->add_flag("--yes", arguments->yes, "Do not ask");
  command->add_flag("--purge", arguments->purge, "Delete what earlier resets kept");
  command->footer(
      "Shows first what will be read again. The old tables are moved below _old/ and kept until\n"
      "--purge. A layer takes those above it along. Silver and gold are made anew by the pipeline\n"
      "that runs, while the other tables go on, or by the next run; for bronze stop it first.");
  command->callback([arguments, &context] {
    context.chosen = [arguments, &context] { return Reset(*arguments, context); };
  });
}

}  // namespace foreset::cli
