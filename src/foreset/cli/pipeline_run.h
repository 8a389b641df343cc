// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
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

// A configuration's pipeline with everything that it holds while it runs: the lake's locks,
// the stores, the source. One thread at a time.
class PipelineRun {
 public:
  // kLakeLocked while another process, or another run of this one, has the lake. `configuration` is
  // read here only; `context` outlives the run.
  static Result<PipelineRun> Prepare(const Configuration& configuration, const Context& context,
                                     const pipeline::LayerSelection& layers);

  // What is asked of the layers' stores, by layer, from now on.
  std::map<std::string, std::shared_ptr<const pipeline::StoreMeter>> Meter();
  // How long a source is waited for that is away, at the start or (RunUntil::kCurrent) later.
  void WaitFor(std::chrono::milliseconds patience) { options_.patience = patience; }
  // As pipeline::RunPipeline; without bronze as pipeline::FollowBronze.
  Status Run(pipeline::RunUntil until, pipeline::StatusBoard& board, const std::stop_token& stop);

 private:
  PipelineRun() = default;
  Status RunOnce(pipeline::RunUntil until, pipeline::StatusBoard& board,
                 const std::stop_token& stop);

  std::vector<std::unique_ptr<LakeLock>> locks_;
  pipeline::LakeStores stores_;
  pipeline::PipelineOptions options_;
  std::unique_ptr<Source> source_;  // null when bronze is not among the layers
};

}  // namespace foreset::cli
