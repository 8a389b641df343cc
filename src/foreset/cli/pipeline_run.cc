// SPDX-License-Identifier: MIT
#include "foreset/cli/pipeline_run.h"

#include <set>
#include <string>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/cli/doctor/rule_checks.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/patient_run.h"
#include "foreset/storage/local/temporary_name.h"

namespace foreset::cli {
namespace {

// What processes that died were writing; nobody reads it. The locks are held.
void RemoveLeftovers(const LakeSettings& lake, const pipeline::LayerSelection& layers) {
  std::set<std::string> places;
  for (const LayerSettings* layer : KeptLayers(lake, layers)) {
    if (IsLocal(*layer)) places.insert(layer->location);
  }
  for (const std::string& place : places) {
    const std::size_t removed = RemoveAbandonedFiles(place);
    if (removed > 0) Info("removed {} files below {} that a crash had left", removed, place);
  }
}

}  // namespace

Result<PipelineRun> PipelineRun::Prepare(const Configuration& configuration, const Context& context,
                                         const RunWish& wish, pipeline::StatusBoard& board,
                                         const std::stop_token& stop) {
  PipelineRun run;
  run.until_ = wish.until;
  run.clock_ = &context.clock;
  run.layers_ = wish.layers;
  run.options_ = PipelineOptionsOf(configuration);
  run.options_.patience = wish.patience;
  run.make_containers_ = [configuration, &context] {
    return MakeContainers(configuration, context);
  };
  bool opened = false;
  const auto open = [&] {
    Status outcome = run.Open(configuration, context);
    opened = outcome.has_value();
    return outcome;
  };
  RETURN_IF_ERROR(
      pipeline::RunPatiently(run.options_, context.clock, wish.until, board, stop, open));
  if (!opened) return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "it was to end");
  return run;
}

// The lake's place is reached later, when the run can be looked at.
Status PipelineRun::Open(const Configuration& configuration, const Context& context) {
  RETURN_IF_ERROR(CheckRulesFit(configuration, context, layers_.bronze));
  locks_.clear();
  locks_ = TRY(LockLake(configuration, context, layers_));
  RemoveLeftovers(configuration.lake, layers_);
  lake_ = TRY(OpenLake(configuration, context));
  lake_.layout.layers = layers_;
  if (layers_.bronze) source_ = TRY(OpenSource(configuration, context));
  return {};
}

std::map<lake::Layer, std::shared_ptr<const pipeline::StoreMeter>> PipelineRun::Meter() {
  std::map<lake::Layer, std::shared_ptr<const pipeline::StoreMeter>> meters;
  for (const lake::Layer layer : lake::kLayers) {
    const auto meter = std::make_shared<pipeline::StoreMeter>();
    auto& store = lake_.stores[layer];
    store = pipeline::Metered(std::move(store), meter);
    meters.emplace(layer, meter);
  }
  return meters;
}

// The loops bear what goes away later; here it is what is not there at the start.
Status PipelineRun::Run(pipeline::StatusBoard& board, const std::stop_token& stop) {
  return pipeline::RunPatiently(options_, *clock_, until_, board, stop,
                                [&] { return RunOnce(board, stop); });
}

Status PipelineRun::RunOnce(pipeline::StatusBoard& board, const std::stop_token& stop) {
  RETURN_IF_ERROR(make_containers_());
  RETURN_IF_ERROR(ReachLake(lake_.stores));
  if (source_ == nullptr) return pipeline::FollowBronze(lake_, options_, until_, board, stop);
  return pipeline::RunPipeline(*source_, lake_, options_, until_, board, stop);
}

}  // namespace foreset::cli
