// SPDX-License-Identifier: MIT
#include "foreset/cli/pipeline_run.h"

#include <set>
#include <string>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/cli/wiring.h"
#include "foreset/pipeline/retry.h"
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
                                         const pipeline::LayerSelection& layers) {
  PipelineRun run;
  run.locks_ = TRY(LockLake(configuration, context, layers));
  RemoveLeftovers(configuration.lake, layers);
  run.stores_ = TRY(OpenLake(configuration, context));
  RETURN_IF_ERROR(MakeContainers(configuration, context));
  RETURN_IF_ERROR(ReachLake(run.stores_));
  run.options_ = PipelineOptionsOf(configuration, context);
  run.options_.layers = layers;
  if (layers.bronze) run.source_ = TRY(OpenSource(configuration, context));
  return run;
}

std::map<std::string, std::shared_ptr<const pipeline::StoreMeter>> PipelineRun::Meter() {
  std::map<std::string, std::shared_ptr<const pipeline::StoreMeter>> meters;
  const auto meter = [&meters](const char* layer, std::shared_ptr<ObjectStore>& store) {
    const auto made = std::make_shared<pipeline::StoreMeter>();
    store = pipeline::Metered(std::move(store), made);
    meters.emplace(layer, made);
  };
  meter("bronze", stores_.bronze);
  meter("silver", stores_.silver);
  meter("gold", stores_.gold);
  return meters;
}

// The loops bear what goes away later; here it is what is not there at the start.
Status PipelineRun::Run(pipeline::RunUntil until, pipeline::StatusBoard& board,
                        const std::stop_token& stop) {
  const Clock& clock = *options_.lake.clock;
  const auto deadline = clock.Steady() + options_.patience.value_or(std::chrono::milliseconds{});
  pipeline::BackOff back_off(options_.retry_first, options_.retry_longest);
  const auto stopping = [&] { return stop.stop_requested(); };
  for (;;) {
    Status ended = RunOnce(until, board, stop);
    if (ended) return ended;
    if (ended.error().kind == ErrorKind::kCancelled && stopping()) return {};
    // Whoever finds another at work does not try to be the next.
    const bool may_pass =
        ended.error().kind == ErrorKind::kTransient && ended.error().code != ErrorCode::kLakeLocked;
    if (!may_pass || clock.Steady() >= deadline) return ended;
    Warn("{}; trying again in {} ms", ended.error().ToString(), back_off.next().count());
    board.Change([&](pipeline::PipelineStatus& status) { status.source_error = ended.error(); });
    back_off.Wait([&] { return stopping() || clock.Steady() >= deadline; });
    if (stopping()) return {};
  }
}

Status PipelineRun::RunOnce(pipeline::RunUntil until, pipeline::StatusBoard& board,
                            const std::stop_token& stop) {
  if (source_ == nullptr) return pipeline::FollowBronze(stores_, options_, until, board, stop);
  return pipeline::RunPipeline(*source_, stores_, options_, until, board, stop);
}

}  // namespace foreset::cli
