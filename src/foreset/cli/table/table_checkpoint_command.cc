// SPDX-License-Identifier: MIT
// `foreset table checkpoint`: writes a Delta checkpoint of the latest version.
#include <memory>
#include <string>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/delta/checkpoint_writer.h"

namespace foreset::cli {
namespace {

struct CheckpointOptions {
  std::string table;
  std::string configuration;
};

Result<int> Checkpoint(const CheckpointOptions& options, Context& context) {
  const NamedTable table = TRY(OpenNamedTable(options.table, options.configuration, context));
  const auto snapshot = TRY(delta::Snapshot::Load(table.store));
  context.catch_signals();  // it is written to its end
  TRY(delta::WriteCheckpoint(*table.store, *snapshot, context.clock.Now()));
  Info("{}: checkpoint of version {}", table.name, snapshot->version().value());
  return kExitOk;
}

}  // namespace

void RegisterTableCheckpoint(Command table, Context& context) {
  auto options = std::make_shared<CheckpointOptions>();
  const Command command =
      table.AddCommand("checkpoint", "Write a checkpoint for readers to start from");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  command.Footer(
      "`foreset run` does it by itself, every 50 commits.\n"
      "Example:\n  foreset table checkpoint lake/bronze/Orders");
  command.OnRun([options, &context] { return Checkpoint(*options, context); });
}

}  // namespace foreset::cli
