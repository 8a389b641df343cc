// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/base/error.h"
#include "foreset/pipeline/health.h"

namespace foreset::server {

// Why a pipeline is not as it should be.
struct NotReady {
  std::string component;  // "source", "bronze", "silver", "gold", "sink", "table shop.Items", …
  Error reason;
  bool operator==(const NotReady&) const = default;
};

// Tables that do not go on. Of many the first are named, and the rest counted.
std::vector<NotReady> StoppedTables(const pipeline::PipelineHealth& health);

// Everything that can be said against it; empty: it is ready. Stopped tables are, when none goes on
// or when all have to (`ready: all`).
std::vector<NotReady> ReasonsAgainst(const pipeline::PipelineHealth& health,
                                     double max_lag_seconds);

// {"schema":"foreset.ready.v1","ready":false,"reasons":[{"pipeline":…,"component":…,"code":…,
// "message":…,"next":…}],"stopped":[…]}: the tables that do not go on are named whether it is ready
// or not.
struct Readiness {
  bool ready = true;
  std::string json;
};
Readiness ReadinessOf(const std::vector<pipeline::PipelineHealth>& pipelines,
                      double max_lag_seconds);

}  // namespace foreset::server
