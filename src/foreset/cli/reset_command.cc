// SPDX-License-Identifier: MIT
#include "foreset/cli/reset_command.h"

#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "foreset/cli/wiring.h"
#include "foreset/pipeline/reset.h"

namespace foreset::cli {
namespace {

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

void Show(const pipeline::ResetPlan& plan, std::ostream& out) {
  for (const auto& step : plan.steps) {
    out << fmt::format("move {0}/{1} to {0}/{2}\n", step.layer, step.folder, step.moved_to);
  }
  for (const std::string& consequence : plan.consequences) out << consequence << "\n";
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

Result<int> Reset(const ResetArguments& arguments, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  const auto lock = TRY(LockLake(configuration, context));
  const auto stores = TRY(OpenLake(configuration, context));
  const auto options = PipelineOptionsOf(configuration, context);
  const pipeline::Layer layer = LayerOf(arguments.layer);
  if (arguments.purge) {
    if (!TRY(Agreed(arguments, context))) return 1;
    context.out << fmt::format("{} objects of old tables deleted\n",
                               TRY(pipeline::PurgeOldTables(stores, layer)));
    return kExitOk;
  }
  const auto plan = TRY(pipeline::PlanReset(stores, options, layer, arguments.tables));
  Show(plan, context.out);
  if (!TRY(Agreed(arguments, context))) return 1;
  RETURN_IF_ERROR(pipeline::ApplyReset(plan));
  context.out << "done; the old tables stay below _old/ until `foreset reset --purge`\n";
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
      "--purge. A layer takes those above it along. Stop `foreset run` first; the next run makes\n"
      "the tables anew.");
  command->callback([arguments, &context] {
    context.chosen = [arguments, &context] { return Reset(*arguments, context); };
  });
}

}  // namespace foreset::cli
