// SPDX-License-Identifier: MIT
#include "foreset/cli/operation/lake_watch.h"

#include <algorithm>
#include <array>
#include <utility>

#include "foreset/base/time_units.h"
#include "foreset/cli/operation/source_look.h"

namespace foreset::cli {
namespace {

constexpr std::chrono::seconds kBetweenLooks{5};
constexpr std::chrono::seconds kTablesStayFresh{1};
constexpr std::array kFedLayers{lake::Layer::kSilver, lake::Layer::kGold};

// What a layer is called in the health of a pipeline.
std::string Component(lake::Layer layer) { return std::string(lake::NameOf(layer)); }

// Of the oldest commit of bronze that the slowest table of the layer lacks: exactly when it lacks
// one, else when it was last in step, at the earliest.
std::optional<Timestamp> BehindSince(const LakeStatus& lake, lake::Layer layer) {
  std::optional<Timestamp> since;
  for (const LakeTableView& table : lake.tables) {
    const std::int64_t behind = table.batches_behind.value_or(0);
    if (table.layer != layer || table.error || behind == 0) continue;
    Timestamp own = table.committed_at;
    if (behind == 1) {
      const auto bronze = std::ranges::find_if(lake.tables, [&](const LakeTableView& other) {
        return other.layer == lake::Layer::kBronze && other.folder == table.folder;
      });
      if (bronze != lake.tables.end()) own = std::max(own, bronze->committed_at);
    }
    since = since ? std::min(*since, own) : own;
  }
  return since;
}

}  // namespace

LakeWatch::LakeWatch(const Configuration& configuration, const Context& context,
                     std::optional<RunView> run)
    : configuration_(configuration), context_(context), run_(std::move(run)) {}

Result<std::unique_ptr<LakeWatch>> LakeWatch::Start(const Configuration& configuration,
                                                    const Context& context,
                                                    std::optional<RunView> run) {
  std::unique_ptr<LakeWatch> watch(new LakeWatch(configuration, context, std::move(run)));
  // Silver or gold alone have no source.
  if (watch->run_ && !watch->run_->layers.bronze) return watch;
  watch->look_ =
      TRY(LookAtSource(configuration, context, [self = watch.get()] { return self->Needed(); }));
  watch->source_.emplace([self = watch.get()] { return self->Look(); }, context.clock,
                         kBetweenLooks);
  return watch;
}

SourcePosition LakeWatch::Needed() {
  if (run_) return run_->board.Read()->captured;
  const Lake lake = ReadTables();
  return lake && (*lake)->covered ? *(*lake)->covered : SourcePosition{};
}

Result<pipeline::SourceSighting> LakeWatch::Look() {
  if (!run_ && configuration_.kafka_sink) {
    auto published = AskSink(configuration_);
    const MutexLock lock(sink_);
    published_ = std::move(published);
  }
  return look_();
}

LakeWatch::Lake LakeWatch::ReadTables() {
  const MutexLock lock(reading_);
  const auto now = context_.clock.Steady();
  if (lake_ && now - read_at_ < kTablesStayFresh) return *lake_;
  auto status = ReadLakeStatus(configuration_, context_);
  read_at_ = context_.clock.Steady();
  if (!status) {
    lake_ = std::unexpected(std::move(status).error());
    return *lake_;
  }
  for (const lake::Layer layer : kFedLayers) {
    const auto since = BehindSince(*status, layer);
    if (!since) {
      behind_since_.erase(layer);
    } else {
      // Seen behind again: since the first time at the latest, unless it has caught up with that.
      const auto [it, first] = behind_since_.try_emplace(layer, *since);
      if (!first) it->second = std::max(it->second, *since);
    }
  }
  lake_ = std::make_shared<const LakeStatus>(*std::move(status));
  return *lake_;
}

pipeline::PipelineHealth LakeWatch::Health() {
  if (!run_) return HealthOfTables();
  auto health = pipeline::HealthOf(configuration_.name, run_->board.Read(),
                                   source_ ? source_->Read() : pipeline::SourceStanding{},
                                   run_->layers, context_.clock.Now());
  health.needs_all = configuration_.ready_all;
  for (const auto& [layer, meter] : run_->meters) health.stores[Component(layer)] = meter->Read();
  return health;
}

pipeline::PipelineHealth LakeWatch::HealthOfTables() {
  pipeline::PipelineHealth health;
  health.name = configuration_.name;
  health.source = source_->Read();
  const Lake lake = ReadTables();
  if (!lake) {
    health.lake_errors["lake"].push_back(lake.error());
    return health;
  }
  const LakeStatus& status = **lake;
  if (status.pipeline != "unknown") health.running = status.pipeline == "running";
  health.needs_all = configuration_.ready_all;
  health.stopped = status.standing.stopped;
  health.any_goes_on =
      health.stopped.empty() || std::ranges::any_of(status.tables, [&](const LakeTableView& table) {
        return table.layer == lake::Layer::kBronze && table.source &&
               !health.stopped.contains(*table.source);
      });
  for (const LakeTableView& table : status.tables) {
    if (table.error) health.lake_errors[Component(table.layer)].push_back(*table.error);
    health.lake[Component(table.layer)].push_back(
        {.table = table.folder, .rows = table.facts.rows, .bytes = table.facts.bytes});
    if (!table.batches_behind) continue;
    std::int64_t& slowest = health.batches_behind[Component(table.layer)];
    slowest = std::max(slowest, *table.batches_behind);
  }
  NoteLags(status, health);
  return health;
}

void LakeWatch::NoteLags(const LakeStatus& lake, pipeline::PipelineHealth& health) {
  const Timestamp now = context_.clock.Now();
  std::optional<double> bronze;
  if (lake.covered) {
    // While nobody runs it, bronze is as old as its last epoch.
    const Timestamp complete = health.running == false ? lake.covered_at : Timestamp{};
    bronze = health.source.LagSeconds(*lake.covered, complete, now);
  }
  if (bronze) health.lag_seconds[Component(lake::Layer::kBronze)] = *bronze;
  const MutexLock lock(reading_);
  for (const lake::Layer layer : kFedLayers) {
    std::optional<double> lag = bronze;
    if (const auto since = behind_since_.find(layer); since != behind_since_.end()) {
      lag = std::max(lag.value_or(0),
                     static_cast<double>(now.value() - since->second.value()) / kMicrosPerSecond);
    }
    const std::string component = Component(layer);
    if (lag && health.lake.contains(component)) health.lag_seconds[component] = *lag;
  }
  const MutexLock sink_lock(sink_);
  if (!published_) return;
  if (!*published_) {
    health.sink_error = published_->error();
    return;
  }
  const pipeline::PublishCursor& cursor = **published_;
  const auto lag = health.source.LagSeconds(cursor.position, cursor.newest_commit, now);
  if (lag && !cursor.position.empty()) health.lag_seconds["sink"] = *lag;
}

Result<std::string> LakeWatch::StatusJson() {
  const Lake read = ReadTables();
  if (!read) return std::unexpected(read.error());
  LakeStatus status = **read;
  if (source_) {
    const pipeline::SourceStanding standing = source_->Read();
    if (standing.error()) {
      NoteSource(status, std::unexpected(*standing.error()));
    } else if (standing.last()) {
      NoteSource(status, standing.last()->now);
    }
  }
  if (run_) {
    const auto running = run_->board.Read();
    status.source_unproved = running->unproved;
    if (running->sink) {
      pipeline::PublishCursor cursor;
      cursor.position = running->sink->published;
      cursor.records = running->sink->records;
      const auto& why = running->sink->stopped ? running->sink->stopped : running->sink->retrying;
      NoteSink(status, why ? Result<pipeline::PublishCursor>(std::unexpected(*why))
                           : Result<pipeline::PublishCursor>(std::move(cursor)));
    }
  } else {
    const MutexLock lock(sink_);
    if (published_) NoteSink(status, *published_);
  }
  return ToJson(ReportOf(status, context_.clock.Now()));
}

}  // namespace foreset::cli
