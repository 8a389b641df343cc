// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/pipeline/metered_store.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/source_watch.h"
#include "foreset/pipeline/status.h"

namespace foreset::pipeline {

// A table of one layer as its Delta log tells it.
struct LayerTable {
  std::string table;  // its folder
  std::optional<std::int64_t> rows;
  std::int64_t bytes = 0;
};

// One pipeline as its watchers see it, at one moment. What is not known is absent: of a run in
// this process its status and counts, of another's what the lake's tables say.
struct PipelineHealth {
  std::string name;
  std::optional<bool> running;                   // by any process
  bool captures = true;                          // it has a source; false: silver or gold alone
  std::shared_ptr<const PipelineStatus> status;  // null: no run of this process
  SourceStanding source;
  // How old the source's state is that bronze, silver, gold and the sink have.
  std::map<std::string, double> lag_seconds;
  std::map<TableId, Error> stopped;  // tables that do not go on, and why; those left out are not
  bool any_goes_on = true;           // false: there are tables, and each of them stopped
  bool needs_all = false;            // `ready: all`: a table that stopped makes it not ready
  std::optional<Error> sink_error;
  std::map<std::string, StoreCounts> stores;              // by layer
  std::map<std::string, std::vector<LayerTable>> lake;    // by layer
  std::map<std::string, std::int64_t> batches_behind;     // of silver's and gold's slowest tables
  std::map<std::string, std::vector<Error>> lake_errors;  // tables that cannot be read, by layer
};

// Of a run in this process. What a stopped table lacks is no lag: it is told as stopped.
PipelineHealth HealthOf(std::string name, std::shared_ptr<const PipelineStatus> status,
                        SourceStanding source, const LayerSelection& layers, Timestamp now);

}  // namespace foreset::pipeline
