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

// Everything that can be said against it; empty: it is ready. Of many stopped tables the first are
// named, and the rest counted.
std::vector<NotReady> ReasonsAgainst(const pipeline::PipelineHealth& health,
                                     double max_lag_seconds);

// {"schema":"foreset.ready.v1","ready":false,"reasons":[{"pipeline":…,"component":…,"code":…,
// "message":…,"next":…}]}
struct Readiness {
  bool ready = true;
  std::string json;
};
Readiness ReadinessOf(const std::vector<pipeline::PipelineHealth>& pipelines,
                      double max_lag_seconds);

}  // namespace foreset::server
