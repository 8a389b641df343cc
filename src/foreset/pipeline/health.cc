// SPDX-License-Identifier: MIT
#include "foreset/pipeline/health.h"

#include <algorithm>
#include <utility>

#include "foreset/base/time_units.h"

namespace foreset::pipeline {
namespace {

// A layer above bronze is no younger than bronze, and no younger than what it lacks of it.
std::optional<double> FollowerLag(const PipelineStatus& status,
                                  const FollowerStatus TableStatus::* follower,
                                  std::optional<double> bronze, Timestamp now) {
  std::optional<double> lag = bronze;
  for (const auto& [id, table] : status.tables) {
    const Timestamp since = (table.*follower).behind_since;
    if (table.stopped || since.value() == 0) continue;
    const double seconds = static_cast<double>(now.value() - since.value()) / kMicrosPerSecond;
    lag = std::max(lag.value_or(0), seconds);
  }
  return lag;
}

}  // namespace

PipelineHealth HealthOf(std::string name, std::shared_ptr<const PipelineStatus> status,
                        SourceStanding source, const LayerSelection& layers, Timestamp now) {
  PipelineHealth health;
  health.name = std::move(name);
  health.running = true;
  health.captures = layers.bronze;
  const auto note = [&health](lake::Layer layer, std::optional<double> lag) {
    if (lag) health.lag_seconds[std::string(lake::NameOf(layer))] = *lag;
  };
  std::optional<double> bronze;
  if (layers.bronze && !status->captured.empty()) {
    bronze = source.LagSeconds(status->captured, status->newest_commit, now);
  }
  note(lake::Layer::kBronze, bronze);
  if (layers.silver)
    note(lake::Layer::kSilver, FollowerLag(*status, &TableStatus::silver, bronze, now));
  if (layers.gold) note(lake::Layer::kGold, FollowerLag(*status, &TableStatus::gold, bronze, now));
  if (status->sink && !status->sink->published.empty()) {
    const SinkStatus& sink = *status->sink;
    const auto lag = source.LagSeconds(sink.published, sink.newest_commit, now);
    if (lag) health.lag_seconds["sink"] = *lag;
  }
  for (const auto& [id, table] : status->tables) {
    if (table.stopped) health.stopped.emplace(id, *table.stopped);
  }
  health.any_goes_on =
      health.stopped.empty() || std::ranges::any_of(status->tables, [](const auto& entry) {
        return !entry.second.stopped && entry.second.phase != TablePhase::kLeftOut;
      });
  health.status = std::move(status);
  health.source = std::move(source);
  return health;
}

}  // namespace foreset::pipeline
