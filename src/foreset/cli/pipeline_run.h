// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/pipeline/metered_store.h"
#include "foreset/pipeline/pipeline.h"
#include "foreset/storage/lake_lock.h"

namespace foreset::cli {

// What a run is to do.
struct RunWish {
  pipeline::LayerSelection layers = pipeline::kAllLayers;
  pipeline::RunUntil until = pipeline::RunUntil::kStopped;
  // How long a source is borne that is away, at the start or (RunUntil::kCurrent) later, and with
  // RunUntil::kCurrent a lake. Nothing: a source not at all.
  std::optional<std::chrono::milliseconds> patience;
};

// A configuration's pipeline with everything that it holds while it runs: the lake's locks,
// the stores, the source. One thread at a time.
class PipelineRun {
 public:
  // kLakeLocked while another process, or another run of this one, has the lake; kCancelled after
  // `stop`. What may pass is waited out (pipeline::RunPatiently). `configuration` is read here
  // only; `context` outlives the run.
  static Result<PipelineRun> Prepare(const Configuration& configuration, const Context& context,
                                     const RunWish& wish, pipeline::StatusBoard& board,
                                     const std::stop_token& stop);

  // What is asked of the layers' stores from now on.
  std::map<lake::Layer, std::shared_ptr<const pipeline::StoreMeter>> Meter();
  // As pipeline::RunPipeline, without bronze as pipeline::FollowBronze; what may pass is waited
  // out.
  Status Run(pipeline::StatusBoard& board, const std::stop_token& stop);

 private:
  PipelineRun() = default;
  Status Open(const Configuration& configuration, const Context& context);
  Status RunOnce(pipeline::StatusBoard& board, const std::stop_token& stop);

  pipeline::RunUntil until_ = pipeline::RunUntil::kStopped;
  std::vector<std::unique_ptr<LakeLock>> locks_;
  pipeline::LayerSelection layers_;
  const Clock* clock_ = nullptr;
  lake::Lake lake_;
  pipeline::PipelineOptions options_;
  std::function<Status()> make_containers_;
  std::unique_ptr<Source> source_;  // null when bronze is not among the layers
};

}  // namespace foreset::cli
