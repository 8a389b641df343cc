// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/lake_task.h"

#include <algorithm>

#include "foreset/cli/lake_overview.h"
#include "foreset/cli/pipeline_run.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/reset.h"

namespace foreset::cli {

std::vector<std::string> LakeTask::Locations() const {
  const LakeSettings& lake = configuration_.lake;
  return {lake.bronze.location, lake.silver.location, lake.gold.location};
}

Status LakeTask::Run(pipeline::StatusBoard& board, const std::stop_token& stop) {
  auto run = PipelineRun::Prepare(configuration_, context_, {}, board, stop);
  if (!run && run.error().kind == ErrorKind::kCancelled) return {};
  if (!run) return std::unexpected(std::move(run).error());
  return run->Run(board, stop);
}

Result<std::optional<SourcePosition>> LakeTask::Position() {
  const auto tables = TRY(ReadLake(configuration_, context_, lake::Layer::kBronze));
  const LakeTableView* epochs = FindEpochs(tables);
  // After a reset there are epochs but no tables: everything will be copied.
  const bool has_tables = std::ranges::any_of(
      tables, [](const LakeTableView& table) { return !table.folder.starts_with('_'); });
  if (epochs == nullptr || !has_tables) return std::optional<SourcePosition>();
  if (epochs->error) return std::unexpected(*epochs->error);
  if (!epochs->facts.progress || epochs->facts.progress->position.empty()) {
    return std::optional<SourcePosition>();
  }
  return std::optional(epochs->facts.progress->position);
}

Status LakeTask::ResetPosition() {
  const auto locks = TRY(LockLake(configuration_, context_));
  const lake::Lake lake = TRY(OpenLake(configuration_, context_));
  return pipeline::ApplyReset(TRY(pipeline::PlanReset(lake, lake::Layer::kBronze, {})));
}

}  // namespace foreset::cli
