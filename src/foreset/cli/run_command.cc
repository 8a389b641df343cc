// SPDX-License-Identifier: MIT
#include "foreset/cli/run_command.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/configuration_reader.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/operation/operation_server.h"
#include "foreset/cli/pipeline_run.h"
#include "foreset/cli/progress_view.h"
#include "foreset/lake/layer.h"

namespace foreset::cli {
namespace {

struct RunArguments {
  std::string configuration;
  bool until_current = false;
  int wait_seconds = 10;
  std::vector<std::string> layers;
  ListenArguments listen;
  std::chrono::milliseconds max_lag = kDefaultMaxLag;
};

pipeline::LayerSelection Selected(const std::vector<std::string>& layers) {
  if (layers.empty()) return pipeline::kAllLayers;
  pipeline::LayerSelection selected;
  for (const std::string& layer : layers) selected[lake::LayerNamed(layer).value()] = true;
  return selected;
}

// Says what was done, and which tables had to stop. 1 when there are any.
int Conclude(const pipeline::PipelineStatus& status, bool until_current) {
  int exit_code = kExitOk;
  for (const auto& [table, state] : status.tables) {
    if (!state.stopped) continue;
    Warn("{} stopped: {}. {}", table.ToString(), state.stopped->ToString(),
         state.stopped->NextStep());
    exit_code = 1;
  }
  std::string copied;
  if (status.copied_rows > 0) {
    copied = fmt::format("{} rows copied in {}, ", FormatCount(status.copied_rows),
                         FormatDuration(status.copied_in));
  }
  Info("{} at {}: {}{} transactions, {} changes in this run", until_current ? "current" : "ended",
       status.captured.ToString(), copied, status.transactions, status.changes);
  if (status.records > 0) {
    std::string filtered;
    for (const auto& [rule, count] : status.filtered) {
      filtered += fmt::format(", {} {}", count, rule);
    }
    Info("{} records read: {} changes ({} of them repeats), {} quarantined{}", status.records,
         status.changes, status.repeats, status.quarantined, filtered);
  }
  return exit_code;
}

Result<int> RunPipeline(const RunArguments& arguments, Context& context) {
  const std::stop_token stop = context.catch_signals();
  const Configuration configuration = TRY(LoadConfiguration(arguments.configuration, context));
  RETURN_IF_ERROR(CheckSupported(configuration));
  const RunWish wish{.layers = Selected(arguments.layers),
                     .until = arguments.until_current ? pipeline::RunUntil::kCurrent
                                                      : pipeline::RunUntil::kStopped,
                     .patience = std::chrono::seconds(arguments.wait_seconds)};
  pipeline::StatusBoard board;
  auto run = PipelineRun::Prepare(configuration, context, wish, board, stop);
  if (!run && run.error().kind == ErrorKind::kCancelled) return Conclude(*board.Read(), false);
  if (!run) return std::unexpected(std::move(run).error());
  std::unique_ptr<OperationServer> server;
  if (!arguments.listen.listen.empty()) {
    server = TRY(OperationServer::Start(arguments.listen, arguments.max_lag, configuration, context,
                                        RunView{board, wish.layers, run->Meter()}));
  }
  ProgressView view(context, board);
  RETURN_IF_ERROR(run->Run(board, stop));
  view.Finish();
  return Conclude(*board.Read(), arguments.until_current && !stop.stop_requested());
}

}  // namespace

void RegisterRun(Command app, Context& context) {
  auto arguments = std::make_shared<RunArguments>();
  const Command command = app.AddCommand("run", "Copy the source, then follow it");
  command.Group(kGroupPipeline);
  AddConfigurationOption(command, arguments->configuration);
  command.AddFlag("--until-current", arguments->until_current,
                  "Stop when the source's position at the start has reached every layer");
  command
      .AddOption("--wait", arguments->wait_seconds,
                 "Seconds to wait for a source that is away: at the start, and with "
                 "--until-current at any time, then for the lake too")
      .NonNegative()
      .ValueName("SECONDS")
      .ShowDefault();
  command.AddOption("--layer", arguments->layers, "Only these layers; may be repeated")
      .Among(lake::LayerNames())
      .ValueName("LAYER")
      .OnePerUse();
  AddOperationOptions(command, arguments->listen, arguments->max_lag,
                      "Serve status, metrics and readiness there while it runs");
  command.Footer(
      "The first run copies all tables in one consistent snapshot, then follows the binlog from\n"
      "there. Any later run goes on where the lake says it is: after a stop, a crash or a kill.\n"
      "Ctrl-C and SIGTERM end it cleanly. One process may run a lake at a time.\n"
      "With --listen it serves /livez, /readyz, /metrics and /api/v1, as `foreset serve` does.");
  command.OnRun([arguments, &context] { return RunPipeline(*arguments, context); });
}

}  // namespace foreset::cli
