// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/mutex.h"
#include "foreset/base/result.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/cli/operation/lake_status.h"
#include "foreset/pipeline/health.h"
#include "foreset/pipeline/source_watch.h"

namespace foreset::cli {

// A run of this process, as a watcher sees it.
struct RunView {
  const pipeline::StatusBoard& board;
  pipeline::LayerSelection layers;
  std::map<lake::Layer, std::shared_ptr<const pipeline::StoreMeter>> meters;
};

// What a server tells of one lake: of a run in this process from its own status, else from the
// lake's tables. The source (and, without a run, the sink) is looked at by a thread of its own, the
// tables are read when somebody asks, at most once a second. Thread-safe.
class LakeWatch {
 public:
  // All arguments outlive it.
  static Result<std::unique_ptr<LakeWatch>> Start(const Configuration& configuration,
                                                  const Context& context,
                                                  std::optional<RunView> run);

  pipeline::PipelineHealth Health();
  // As `foreset status -o json`.
  Result<std::string> StatusJson();

 private:
  using Lake = Result<std::shared_ptr<const LakeStatus>>;

  LakeWatch(const Configuration& configuration, const Context& context, std::optional<RunView> run);
  SourcePosition Needed();
  Result<pipeline::SourceSighting> Look();
  Lake ReadTables();
  pipeline::PipelineHealth HealthOfTables();
  void NoteLags(const LakeStatus& lake, pipeline::PipelineHealth& health);

  const Configuration& configuration_;
  const Context& context_;
  const std::optional<RunView> run_;
  pipeline::SourceWatch::Look look_;  // at the source alone
  Mutex reading_;                     // held while the tables are read
  std::optional<Lake> lake_ GUARDED_BY(reading_);
  std::chrono::steady_clock::time_point read_at_ GUARDED_BY(reading_);
  // Since when a layer is seen to lack something of bronze.
  std::map<lake::Layer, Timestamp> behind_since_ GUARDED_BY(reading_);
  Mutex sink_;
  std::optional<Result<pipeline::PublishCursor>> published_ GUARDED_BY(sink_);
  std::optional<pipeline::SourceWatch> source_;  // last: its thread uses the others
};

}  // namespace foreset::cli
