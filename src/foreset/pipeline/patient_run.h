// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>

#include "foreset/base/result.h"
#include "foreset/pipeline/pipeline.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/status.h"

namespace foreset::pipeline {

// Calls `once` until it succeeds or fails for good, with growing pauses: what reaches and opens
// the lake at the start may fail for a while as the loops' own work may later. Its last failure is
// handed back
// - when it cannot pass: every kind but kTransient, and a lake that another process keeps
// (ErrorCode::kLakeLocked);
// - after options.patience without progress (nothing: at once) when it is the source's, and with
// RunUntil::kCurrent when it is the lake's. With kStopped the lake is waited for for ever.
// A requested stop ends the waiting and is a success, also as kCancelled. The failure that is
// waited out is in the status (PipelineStatus::source_error). Runs on the caller's thread.
Status RunPatiently(const PipelineOptions& options, const Clock& clock, RunUntil until,
                    StatusBoard& board, const std::stop_token& stop,
                    const std::function<Status()>& once);

}  // namespace foreset::pipeline
