// SPDX-License-Identifier: MIT
#include "foreset/pipeline/pipeline.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/pipeline/backfill_loop.h"
#include "foreset/pipeline/bronze_log.h"
#include "foreset/pipeline/capture_loop.h"
#include "foreset/pipeline/kafka_sink.h"
#include "foreset/pipeline/lake_loop.h"
#include "foreset/pipeline/retry.h"

namespace foreset::pipeline {
namespace {

// A server that we have not seen before begins an epoch of its own: its file names and positions
// say nothing about those of the other.
SourceEpoch EpochOf(const std::optional<SourcePosition>& latest, const SourceDescription& source) {
  if (!latest) return SourceEpoch(0);
  if (latest->server == source.server) return latest->epoch;
  Info("the source is another server ({} instead of {}): a new source epoch begins", source.server,
       latest->server);
  return latest->epoch.Next();
}

// With no table at either side too: the source then says what is wrong.
bool NeedsBackfill(const BronzeLog& bronze, const std::vector<TableId>& at_source) {
  if (at_source.empty()) return bronze.Tables().empty();
  return std::ranges::any_of(at_source, [&](const TableId& id) {
    return !bronze.IsWhole(id) && !bronze.stopped().contains(id);
  });
}

std::optional<SourcePosition> LowestCovered(BronzeLog& bronze) {
  std::optional<SourcePosition> lowest;
  for (const TableId& id : bronze.LiveTables()) {
    const SourcePosition& covered = bronze.Find(id)->progress().position;
    if (!lowest || covered.Floor() < lowest->Floor()) lowest = covered;
  }
  return lowest;
}

void ShowKnownTables(BronzeLog& bronze, Timestamp now, StatusBoard& board) {
  board.Change([&](PipelineStatus& status) {
    for (const TableId& id : bronze.Tables()) {
      TableStatus& table = status.tables[id];
      // What the layers above have is known when they have caught up.
      NoteBronzeBatch(table, bronze.Find(id)->progress().batch.value(), now);
      if (bronze.IsWhole(id)) table.phase = TablePhase::kFollowing;
    }
    for (const auto& [id, reason] : bronze.stopped()) {
      status.tables[id].phase = TablePhase::kStopped;
      status.tables[id].stopped = reason;
    }
  });
}

auto SchemasOf(const BronzeLog& bronze) {
  return [&bronze](const TableId& table) { return bronze.SchemaChangesOf(table); };
}

void CatchUpAll(BronzeLog& bronze, LakeLoop& lake) {
  for (const TableId& id : bronze.Tables()) {
    if (!bronze.stopped().contains(id)) lake.Submit({id, CatchUpWanted{}});
  }
}

// A table may be ahead of the last epoch when the process died between their commits. On the same
// server its rows are known by their place; on another they would come again under a new one.
Status CheckNothingIsAhead(BronzeLog& bronze, const SourcePosition& latest) {
  for (const TableId& id : bronze.Tables()) {
    if (bronze.Find(id)->progress().Floor() <= latest.Floor()) continue;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
               fmt::format("the source was replaced before {} and _epochs agreed on {}",
                           id.ToString(), latest.ToString()),
               fmt::format("foreset reset --layer bronze --table {}", id.table));
  }
  return {};
}

// Chunks that were copied stay; a connection that breaks costs only the one that it was in.
Status CopyPersistently(Source& source, SourceEpoch epoch, BronzeLog& bronze, LakeLoop& lake,
                        const PipelineOptions& options, StatusBoard& board,
                        const std::stop_token& stop) {
  BackOff back_off(options.retry_first, options.retry_longest);
  for (;;) {
    Status copied = RunBackfill(source, epoch, bronze, lake, options, board, stop);
    if (copied || copied.error().kind != ErrorKind::kTransient) return copied;
    Warn("{}; copying on in {} ms", copied.error().ToString(), back_off.next().count());
    board.Change([&](PipelineStatus& status) {
      ++status.reconnects;
      status.source_error = copied.error();
    });
    back_off.Wait([&] { return stop.stop_requested(); });
  }
}

// What a lake was fed from, as messages name it. The identity of what is no server has a scheme.
std::string_view KindOf(bool from_topics, const std::string& server) {
  if (from_topics) return "topics";
  return server.find(':') == std::string::npos ? "a server" : "plain tables";
}

// A lake counts what it has by places of one log, by offsets of topics or by versions of tables.
Status CheckSameKindOfSource(const std::optional<SourcePosition>& latest, bool from_topics,
                             const std::string& server) {
  if (!latest) return {};
  const std::string_view was = KindOf(latest->from_topics, latest->server);
  const std::string_view is = KindOf(from_topics, server);
  if (was == is) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceKindChanged,
             fmt::format("the lake was fed from {}, the configuration names {}", was, is));
}

SourcePosition BeginningOfTopics() {
  SourcePosition beginning;
  beginning.from_topics = true;
  return beginning;
}

// Where the stream begins: after a backfill where its oldest part was begun.
Result<SourcePosition> StartingPosition(Source& source, const SourceDescription& description,
                                        BronzeLog& bronze, LakeLoop& lake,
                                        const PipelineOptions& options, StatusBoard& board,
                                        const std::stop_token& stop) {
  const std::optional<SourcePosition> latest = bronze.latest_epoch();
  RETURN_IF_ERROR(CheckSameKindOfSource(latest, !source.HasBackfill(), description.server));
  if (!source.HasBackfill()) return latest.value_or(BeginningOfTopics());
  const SourceEpoch epoch = EpochOf(latest, description);
  std::optional<SourcePosition> from = latest;
  if (NeedsBackfill(bronze, TRY(source.ListTables()))) {
    RETURN_IF_ERROR(CopyPersistently(source, epoch, bronze, lake, options, board, stop));
  }
  if (!from) from = LowestCovered(bronze);
  if (!from) from = description.now;
  if (from->epoch != epoch) {
    RETURN_IF_ERROR(CheckNothingIsAhead(bronze, *from));
    // Only the GTID set means anything to the other server.
    from->epoch = epoch;
    from->server = description.server;
    from->file.clear();
    from->offset = 0;
  }
  if (!latest) RETURN_IF_ERROR(bronze.CommitEpoch(*from, Timestamp{}));
  return *from;
}

}  // namespace

Status RunPipeline(Source& source, const LakeStores& stores, const PipelineOptions& options,
                   RunUntil until, StatusBoard& board, const std::stop_token& stop) {
  source.StopOn(stop);
  const SourceDescription description = TRY(source.Describe());
  const auto bronze = TRY(BronzeLog::Open(stores.bronze, options));
  RETURN_IF_ERROR(bronze->TakeOver());
  ShowKnownTables(*bronze, options.lake.clock->Now(), board);
  LakeLoop lake(stores, options, SchemasOf(*bronze), board, stop);
  CatchUpAll(*bronze, lake);
  auto from = StartingPosition(source, description, *bronze, lake, options, board, stop);
  if (!from) {
    if (from.error().kind != ErrorKind::kCancelled) lake.Abandon();
    lake.Drain();
    if (from.error().kind == ErrorKind::kCancelled) return {};
    return std::unexpected(std::move(from).error());
  }
  board.Change([&](PipelineStatus& status) { status.captured = *from; });
  std::optional<SourcePosition> target;
  if (until == RunUntil::kCurrent) {
    target = description.now;
    target->epoch = from->epoch;
  }
  std::unique_ptr<KafkaSink> sink;
  if (options.publish) {
    PublishOptions publish = *options.publish;
    publish.events.is_mariadb = description.is_mariadb;
    sink = std::make_unique<KafkaSink>(stores.bronze, options, std::move(publish),
                                       description.server_id, board, stop);
  }
  CaptureLoop capture(source, *bronze, lake, sink.get(), options, board);
  Status captured = capture.Run(*from, target, stop);
  if (!captured) lake.Abandon();
  lake.Drain();
  if (sink != nullptr) captured ? sink->Drain() : sink->Abandon();
  return captured;
}

Status FollowBronze(const LakeStores& stores, const PipelineOptions& options, RunUntil until,
                    StatusBoard& board, const std::stop_token& stop) {
  do {
    const auto bronze = TRY(BronzeLog::Open(stores.bronze, options));
    ShowKnownTables(*bronze, options.lake.clock->Now(), board);
    LakeLoop lake(stores, options, SchemasOf(*bronze), board, stop);
    CatchUpAll(*bronze, lake);
    lake.TakeRequests();
    lake.Drain();
    if (until == RunUntil::kStopped) {
      BackOff pause(options.round.interval, options.round.interval);
      pause.Wait([&] { return stop.stop_requested(); });
    }
  } while (until == RunUntil::kStopped && !stop.stop_requested());
  return {};
}

}  // namespace foreset::pipeline
