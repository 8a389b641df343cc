// SPDX-License-Identifier: MIT
// `foreset table optimize`: merges small files and those with many deleted rows.
#include <algorithm>
#include <memory>
#include <string>

#include "foreset/base/messages.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/table_command.h"
#include "foreset/cli/wiring.h"
#include "foreset/cli/work_progress.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake_table.h"

namespace foreset::cli {
namespace {

// A running pipeline may come in between as often as this.
constexpr int kTries = 5;

struct OptimizeOptions {
  std::string table;
  std::string configuration;
};

struct Outcome {
  std::size_t before = 0;
  std::size_t after = 0;
};

// All that is worth it, step by step.
Result<Outcome> Compact(lake::LakeTable& table, const std::stop_token& stop,
                        WorkBoard::Piece& piece) {
  const lake::CompactionPolicy all{.max_small_files = 1, .max_dead_fraction = 0};
  Outcome outcome{table.snapshot()->files().size(), 0};
  int tries = 0;
  for (auto files = lake::ChooseFiles(*table.snapshot(), all); !files.empty();
       files = lake::ChooseFiles(*table.snapshot(), all)) {
    RETURN_IF_ERROR(UnlessStopped(stop, "optimizing"));
    const std::size_t chosen = files.size();
    const auto made = lake::CompactFiles(table, files);
    if (!made && made.error().code == ErrorCode::kLakeTableMoved && ++tries < kTries) continue;
    if (!made) return std::unexpected(made.error());
    piece.Add(chosen);
    Debug("{} files became {}", chosen, made->size());
    if (made->size() >= chosen) break;  // as good as it gets
  }
  outcome.after = table.snapshot()->files().size();
  return outcome;
}

Result<int> Optimize(const OptimizeOptions& options, Context& context) {
  const NamedTable named = TRY(OpenNamedTable(options.table, options.configuration, context));
  lake::LakeOptions lake;
  lake.clock = &context.clock;
  lake.make_id = RandomUuid;
  auto table = TRY(lake::LakeTable::Open(named.store, named.name, lake));
  WorkProgress progress(context, "files");
  WorkBoard unseen("files");
  WorkBoard& board = progress.board() == nullptr ? unseen : *progress.board();
  const auto piece = board.Begin(named.name, table.snapshot()->files().size());
  const Outcome outcome = TRY(Compact(table, context.catch_signals(), *piece));
  progress.Finish();
  Info("{}: {} files, {} before", named.name, outcome.after, outcome.before);
  return kExitOk;
}

}  // namespace

void RegisterTableOptimize(Command table, Context& context) {
  auto options = std::make_shared<OptimizeOptions>();
  const Command command = table.AddCommand("optimize", "Merge small files and purge deleted rows");
  command.AddOption("T", options->table, kTableArgument).Required();
  AddConfigurationOption(command, options->configuration);
  command.Footer(
      "For tables that Foreset keeps. `foreset run` does it by itself, a little at a time; it "
      "follows\n"
      "what is done here. No row changes; the files that were merged stay until vacuum.\n"
      "Example:\n  foreset table optimize lake/silver/Orders");
  command.OnRun([options, &context] { return Optimize(*options, context); });
}

}  // namespace foreset::cli
