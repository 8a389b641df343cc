// SPDX-License-Identifier: MIT
#include "foreset/server/operation/readiness.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/operation.h"
#include "foreset/base/json_writer.h"

namespace foreset::server {
namespace {

constexpr std::size_t kMostTablesNamed = 20;

Error Wait(ErrorCode code, std::string message) {
  return {ErrorKind::kTransient, code, std::move(message), {}};
}

void Write(JsonWriter& json, const std::string& pipeline, const NotReady& why) {
  json.BeginObject()
      .Member("pipeline", pipeline)
      .Member("component", why.component)
      .Member("code", FormatCode(why.reason.code))
      .Member("message", why.reason.message)
      .Member("next", why.reason.NextStep())
      .EndObject();
}

class Reasons {
 public:
  Reasons(const pipeline::PipelineHealth& health, double max_lag_seconds)
      : health_(health), max_lag_seconds_(max_lag_seconds) {}

  std::vector<NotReady> Collect() {
    if (health_.running == false) {
      Add("pipeline", Wait(operation_error::kNothingRuns, "no process runs this lake"));
    }
    OfSource();
    OfTables();
    OfLake();
    OfSink();
    OfLags();
    return std::move(reasons_);
  }

 private:
  void Add(std::string component, Error reason) {
    reasons_.push_back({std::move(component), std::move(reason)});
  }

  void OfSource() {
    if (health_.source.error()) Add("source", *health_.source.error());
    const auto* status = health_.status.get();
    if (status == nullptr || !health_.captures) return;
    if (status->source_error) {
      // Said once, when whoever watches the source found the same.
      if (!health_.source.error()) Add("source", *status->source_error);
    } else if (status->backfilling) {
      Add("source", Wait(operation_error::kCopying, "tables are being copied"));
    } else if (!status->following) {
      Add("source", Wait(operation_error::kNotFollowing, "changes are not being read yet"));
    }
  }

  // One table's trouble does not make the others unready, unless that is asked for.
  void OfTables() {
    if (health_.any_goes_on && !health_.needs_all) return;
    std::vector<NotReady> stopped = StoppedTables(health_);
    reasons_.insert(reasons_.end(), std::make_move_iterator(stopped.begin()),
                    std::make_move_iterator(stopped.end()));
  }

  void OfLake() {
    for (const auto& [layer, errors] : health_.lake_errors) {
      if (!errors.empty()) Add(layer, errors.front());
    }
  }

  void OfSink() {
    if (health_.sink_error) Add("sink", *health_.sink_error);
    if (!health_.status || !health_.status->sink) return;
    const pipeline::SinkStatus& sink = *health_.status->sink;
    if (sink.stopped) {
      Add("sink", *sink.stopped);
    } else if (sink.retrying) {
      Add("sink", *sink.retrying);
    }
  }

  void OfLags() {
    for (const auto& [layer, seconds] : health_.lag_seconds) {
      if (seconds <= max_lag_seconds_) continue;
      const ErrorCode code =
          layer == "sink" ? operation_error::kSinkBehind : operation_error::kLayerBehind;
      Add(layer, Wait(code, fmt::format("{:.0f} s behind the source; {:.0f} s are allowed", seconds,
                                        max_lag_seconds_)));
    }
  }

  const pipeline::PipelineHealth& health_;
  const double max_lag_seconds_;
  std::vector<NotReady> reasons_;
};

}  // namespace

std::vector<NotReady> StoppedTables(const pipeline::PipelineHealth& health) {
  std::vector<NotReady> said;
  for (const auto& [id, why] : health.stopped) {
    if (said.size() == kMostTablesNamed) break;
    said.push_back({"table " + id.ToString(), why});
  }
  if (health.stopped.size() > kMostTablesNamed) {
    said.push_back(
        {"tables",
         {ErrorKind::kInvalidInput, ErrorCode::kSchemaChangeNotFollowed,
          fmt::format("{} more tables have stopped", health.stopped.size() - kMostTablesNamed),
          "`foreset status` says which and why; /metrics counts them."}});
  }
  return said;
}

std::vector<NotReady> ReasonsAgainst(const pipeline::PipelineHealth& health,
                                     double max_lag_seconds) {
  return Reasons(health, max_lag_seconds).Collect();
}

Readiness ReadinessOf(const std::vector<pipeline::PipelineHealth>& pipelines,
                      double max_lag_seconds) {
  Readiness readiness;
  JsonWriter reasons;
  JsonWriter stopped;
  reasons.BeginArray();
  stopped.BeginArray();
  for (const pipeline::PipelineHealth& health : pipelines) {
    for (const NotReady& why : ReasonsAgainst(health, max_lag_seconds)) {
      readiness.ready = false;
      Write(reasons, health.name, why);
    }
    for (const NotReady& why : StoppedTables(health)) Write(stopped, health.name, why);
  }
  reasons.EndArray();
  stopped.EndArray();
  JsonWriter json;
  json.BeginObject().Member("schema", "foreset.ready.v1").Member("ready", readiness.ready);
  json.Key("reasons").Raw(reasons.Take());
  json.Key("stopped").Raw(stopped.Take()).EndObject();
  readiness.json = json.Take() + "\n";
  return readiness;
}

}  // namespace foreset::server
