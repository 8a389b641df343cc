// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/status.h"

namespace foreset::pipeline {

enum class RunUntil {
  kStopped,  // follow until asked to stop
  kCurrent,  // stop when the source's position at the start is in every layer
};

// Runs the pipeline: what bronze lacks is copied, then the source is followed and silver and gold
// kept behind. Blocks; starts and ends its own threads. A requested stop is a success: all that was
// made durable is kept, the next run goes on there. The caller holds the lake's lock.
//
// Tables that had to stop are in the status with their reasons, and do not end the run. An error
// means that the source or the lake as a whole cannot go on.
Status RunPipeline(Source& source, const lake::Lake& lake, const PipelineOptions& options,
                   RunUntil until, StatusBoard& board, const std::stop_token& stop);

// The same without a source, for runs of silver or gold alone: brings them up to what bronze has,
// once or (RunUntil::kStopped) again and again.
Status FollowBronze(const lake::Lake& lake, const PipelineOptions& options, RunUntil until,
                    StatusBoard& board, const std::stop_token& stop);

}  // namespace foreset::pipeline
