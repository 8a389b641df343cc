// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "foreset/base/retry.h"
#include "foreset/capture/source.h"
#include "foreset/lake/compaction.h"
#include "foreset/lake/lake.h"
#include "foreset/lake/rule_config.h"
#include "foreset/pipeline/change_publisher.h"
#include "foreset/pipeline/upkeep_loop.h"

namespace foreset::pipeline {

using lake::kAllLayers;
using lake::LayerSelection;

// How much, and how often, becomes durable together.
struct RoundPolicy {
  RoundLimits limits;
  std::chrono::milliseconds idle_interval{5'000};  // between epochs without changes
};

// The first copy.
struct BackfillPolicy {
  std::size_t readers = 2;           // connections and threads
  std::size_t chunk_rows = 200'000;  // or a round's bytes, for a commit
};

// The threads that keep silver and gold.
struct WorkerPolicy {
  std::size_t threads = 2;
  std::size_t queue_bytes = 96UL << 20U;        // per worker, of batches not yet applied
  std::size_t memory_limit_bytes = 2UL << 30U;  // what key indexes are held against: a warning
};

// How a pipeline runs: every bound of its loops, by name.
struct PipelineOptions {
  lake::RuleConfig rules;
  RoundPolicy round;
  BackfillPolicy backfill;
  WorkerPolicy workers;
  lake::CompactionPolicy compaction;
  RetryPolicy retry;
  // How long a run that ends when it is current bears a source that is away, or a lake. Nothing:
  // for ever.
  std::optional<std::chrono::milliseconds> patience;
  std::optional<PublishOptions> publish;  // to Kafka, if at all
  std::optional<UpkeepLimits> upkeep;     // nothing: nothing is deleted
};

}  // namespace foreset::pipeline
