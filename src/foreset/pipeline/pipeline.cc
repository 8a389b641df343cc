// SPDX-License-Identifier: MIT
#include "foreset/pipeline/pipeline.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/errors/lake.h"
#include "foreset/base/messages.h"
#include "foreset/base/retry.h"
#include "foreset/capture/kafka/topic_names.h"
#include "foreset/pipeline/backfill_loop.h"
#include "foreset/pipeline/begin_anew.h"
#include "foreset/pipeline/capture_loop.h"
#include "foreset/pipeline/dimension_check.h"
#include "foreset/pipeline/kafka_sink.h"
#include "foreset/pipeline/lake_loop.h"
#include "foreset/pipeline/layer_check.h"
#include "foreset/pipeline/round_writer.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/pipeline/table_folder.h"

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

// One run of the pipeline: what its steps share.
struct Parts {
  Source& source;
  const SourceDescription& description;
  const lake::Lake& lake;
  const PipelineOptions& options;
  RoundWriter& bronze;
  LakeLoop& workers;
  StatusBoard& board;
  const std::stop_token& stop;
  // How long what may pass is waited out without progress; nothing: for ever.
  std::optional<std::chrono::milliseconds> patience;

  BronzeCatalog& catalog() const { return bronze.catalog(); }
};

// With no table at either side too: the source then says what is wrong.
bool NeedsBackfill(const BronzeCatalog& catalog, const std::vector<TableId>& at_source) {
  if (at_source.empty()) return catalog.Tables().empty();
  return std::ranges::any_of(
      at_source, [&](const TableId& id) { return !catalog.IsWhole(id) && !catalog.IsOver(id); });
}

std::optional<SourcePosition> LowestCovered(RoundWriter& bronze) {
  std::optional<SourcePosition> lowest;
  for (const TableId& id : bronze.LiveTables()) {
    const SourcePosition& covered = bronze.catalog().Find(id)->progress().position;
    if (!lowest || covered.Floor() < lowest->Floor()) lowest = covered;
  }
  return lowest;
}

void ShowKnownTables(const BronzeCatalog& catalog, Timestamp now, StatusBoard& board) {
  board.Change([&](PipelineStatus& status) {
    for (const TableId& id : catalog.Tables()) {
      TableStatus& table = status.tables[id];
      // What the layers above have is known when they have caught up.
      NoteBronzeBatch(table, catalog.Find(id)->progress().batch.value(), now);
      if (catalog.IsWhole(id)) table.phase = TablePhase::kFollowing;
    }
    for (const auto& [id, reason] : catalog.Stopped()) {
      status.tables[id].phase = TablePhase::kStopped;
      status.tables[id].stopped = reason;
    }
  });
}

// Whether rows of the table are in the topics that are read.
bool IsRead(const BronzeCatalog& catalog, const TableId& id,
            const std::vector<PartitionPosition>& topics) {
  const lake::BronzeTable* table = catalog.Find(id);
  return std::ranges::any_of(topics, [&](const PartitionPosition& partition) {
    if (kafka::TopicNames::IsOf(partition.topic, id)) return true;
    return table != nullptr && FindPartition(table->progress().position.partitions, partition.topic,
                                             partition.partition) != nullptr;
  });
}

// A stopped table that the configuration does not name any more, or that the source has dropped,
// is left out: it is shown, and is no reason for the run to end with a failure. So is an `unnamed`
// one that goes on.
Status ShowLeftOut(const Parts& parts, const std::vector<TableId>& at_source,
                   const std::vector<TableId>& unnamed) {
  for (const TableId& id : unnamed) {
    if (parts.catalog().LifeOf(id).dropped) continue;
    parts.board.ChangeTable(id, [](TableStatus& status) { status.phase = TablePhase::kLeftOut; });
  }
  std::map<TableId, Error> stopped = parts.catalog().Stopped();
  stopped.merge(TRY(ReadStopNotes(*parts.lake.stores.bronze)));
  for (const auto& [id, why] : stopped) {
    const bool named = parts.source.HasBackfill()
                           ? std::ranges::find(at_source, id) != at_source.end()
                           : IsRead(parts.catalog(), id, parts.description.now.partitions);
    if (named) continue;
    Info("{} is left out: it stopped ({}), and is not among the tables of the source any more",
         id.ToString(), FormatCode(why.code));
    parts.board.ChangeTable(id, NoteLeftOut);
  }
  return {};
}

// What passes while a table is left out, the lake never learns: on record, for the run that names
// it again.
Status LeaveOut(const Parts& parts, const std::vector<TableId>& unnamed) {
  const SourcePosition from = parts.bronze.latest_epoch().value_or(parts.description.now);
  for (const TableId& id : unnamed) {
    if (!TRY(parts.catalog().LeaveOut(id, from))) continue;
    Warn(
        "{} is left out from here on: its changes are not taken, and it is copied anew once the "
        "configuration names it again",
        id.ToString());
  }
  return {};
}

// A run that ends when it is current ends too when it cannot become that.
std::optional<std::chrono::milliseconds> PatienceOf(const PipelineOptions& options,
                                                    RunUntil until) {
  return until == RunUntil::kCurrent ? options.patience : std::nullopt;
}

Status GivenUp(const LakeLoop& workers) {
  if (auto why = workers.gave_up()) return std::unexpected(*std::move(why));
  return {};
}

auto SchemasOf(const BronzeCatalog& catalog) {
  return [&catalog](const TableId& table) { return catalog.SchemaChangesOf(table); };
}

// A table that stopped has what bronze has of it all the same.
void CatchUpAll(const BronzeCatalog& catalog, LakeLoop& workers) {
  for (const TableId& id : catalog.Tables()) workers.Submit({id, CatchUpWanted{}});
}

// A table may be ahead of the last epoch when the process died between their commits. On the same
// server its rows are known by their place; on another they would come again under a new one.
Status CheckNothingIsAhead(const BronzeCatalog& catalog, const SourcePosition& latest) {
  for (const TableId& id : catalog.Tables()) {
    if (catalog.Find(id)->progress().Floor() <= latest.Floor()) continue;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
               fmt::format("the source was replaced before {} and _epochs agreed on {}",
                           id.ToString(), latest.ToString()),
               fmt::format("foreset reset --layer bronze {}", id.table));
  }
  return {};
}

// Chunks that were copied stay; a connection that breaks costs only the one that it was in.
Status CopyPersistently(const Parts& parts, SourceEpoch epoch) {
  Patience patience(*parts.lake.options.clock);
  std::int64_t before = 0;
  bool came_further = false;
  const RetryHooks hooks{.stop = [&] { return parts.stop.stop_requested() || patience.IsOver(); },
                         .advanced = [&] { return came_further; },
                         .failed =
                             [&](const Error& error, std::chrono::milliseconds wait) {
                               Warn("{}; resuming the copy in {} ms", error.ToString(),
                                    wait.count());
                               parts.board.Change([&](PipelineStatus& status) {
                                 ++status.reconnects;
                                 status.source_error = error;
                               });
                             }};
  Status copied = Retry(parts.options.retry, hooks, [&] {
    Status outcome = RunBackfill(parts.source, epoch, parts.lake, parts.catalog(), parts.workers,
                                 parts.options, parts.board, parts.stop);
    const std::int64_t now = parts.board.Ask(BatchesIn);
    came_further = std::exchange(before, now) != now;
    if (came_further) patience.Advanced();
    if (!outcome) patience.Failed(parts.patience);
    return outcome;
  });
  if (!copied && patience.IsOver()) {
    parts.board.Change([](PipelineStatus& status) { status.out_of_patience = true; });
  }
  return copied;
}

Status MoveReplacedAway(const Parts& parts, const std::vector<TableId>& at_source) {
  for (const TableId& id : parts.catalog().Replaced(at_source)) {
    Warn("{} is copied anew: what the lake has of it may not be what the source has",
         id.ToString());
    RETURN_IF_ERROR(
        MoveTableAwayOrBar(parts.lake, parts.catalog(), parts.workers, parts.board, id));
  }
  return {};
}

// Names that stand for other rows than the stream has told: what they stand for now is copied. A
// name that the source does not give out any more is none of its tables.
Status CopyReplaced(const Parts& parts, SourceEpoch epoch) {
  const std::set<TableId> wanted = parts.bronze.to_copy();
  const RetryHooks hooks{.stop = [&] { return parts.stop.stop_requested(); },
                         .advanced = {},
                         .failed =
                             [](const Error& error, std::chrono::milliseconds wait) {
                               Warn("{}; beginning anew in {} ms", error.ToString(), wait.count());
                             }};
  RETURN_IF_ERROR(Retry(parts.options.retry, hooks, [&] { return MoveReplacedAway(parts, {}); }));
  RETURN_IF_ERROR(CopyPersistently(parts, epoch));
  parts.bronze.Copied();
  parts.board.Change([&](PipelineStatus& status) {
    for (const TableId& id : wanted) {
      if (!parts.catalog().IsThere(id)) status.tables.erase(id);
    }
  });
  return {};
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
Result<SourcePosition> StartingPosition(const Parts& parts) {
  const std::optional<SourcePosition> latest = parts.bronze.latest_epoch();
  const bool from_topics = !parts.source.HasBackfill();
  RETURN_IF_ERROR(CheckSameKindOfSource(latest, from_topics, parts.description.server));
  const std::vector<TableId> at_source = TRY(parts.source.ListTables());
  if (from_topics) {
    parts.bronze.ReadsTopics(parts.description.now.partitions);
    return latest.value_or(BeginningOfTopics());
  }
  const SourceEpoch epoch = EpochOf(latest, parts.description);
  std::optional<SourcePosition> from = latest;
  if (latest) parts.source.WillFollow(*latest);
  if (NeedsBackfill(parts.catalog(), at_source)) RETURN_IF_ERROR(CopyPersistently(parts, epoch));
  if (!from) from = LowestCovered(parts.bronze);
  if (!from) from = parts.description.now;
  if (from->epoch != epoch) {
    RETURN_IF_ERROR(CheckNothingIsAhead(parts.catalog(), *from));
    // Only the GTID set means anything to the other server.
    from->epoch = epoch;
    from->server = parts.description.server;
    from->file.clear();
    from->offset = 0;
  }
  if (!latest) RETURN_IF_ERROR(parts.bronze.CommitEpoch(*from, Timestamp{}));
  return *from;
}

// Before anything is made that would hide what is missing.
Status StopWhatDoesNotFit(const Parts& parts, const std::vector<TableId>& at_source) {
  const auto cut = TRY(parts.bronze.LastCut());
  LayerFindings findings = TRY(CheckLayers(parts.catalog(), cut, parts.lake, at_source));
  for (const Error& warning : findings.warnings) Warn("{}", warning.ToString());
  for (auto& [id, why] : findings.stopped) {
    Warn("{} stops: {}. {}", id.ToString(), why.ToString(), why.NextStep());
    // On record, too: while the others go on, it loses its place in the stream.
    RETURN_IF_ERROR(parts.catalog().Stop(id, why));
    parts.catalog().Bar(id, std::move(why));
  }
  return {};
}

// Beside a process that captures: nothing of it is put on record.
Status BarWhatDoesNotFit(BronzeCatalog& catalog, const lake::Lake& lake) {
  const auto epochs = lake::EpochsTable::Open(SubStore(lake.stores.bronze, "_epochs"),
                                              lake.OptionsOf(lake::Layer::kBronze));
  if (!epochs && epochs.error().kind != ErrorKind::kNotFound)
    return std::unexpected(epochs.error());
  const auto cut = epochs ? TRY((*epochs)->Last()) : std::nullopt;
  LayerFindings findings = TRY(CheckLayers(catalog, cut, lake, {}));
  for (const Error& warning : findings.warnings) Warn("{}", warning.ToString());
  for (auto& [id, why] : findings.stopped) {
    Warn("{} stops: {}. {}", id.ToString(), why.ToString(), why.NextStep());
    catalog.Bar(id, std::move(why));
  }
  return {};
}

// Follows, and copies anew in between what has to be.
Status FollowSource(const Parts& parts, CaptureLoop& capture, SourcePosition from,
                    const std::optional<SourcePosition>& until) {
  const Clock& clock = *parts.lake.options.clock;
  while (TRY(capture.Run(std::move(from), until, parts.stop)) == CaptureLoop::End::kCopyWanted) {
    from = capture.durable();
    const auto began = clock.Steady();
    parts.source.WillFollow(from);
    RETURN_IF_ERROR(CopyReplaced(parts, from.epoch));
    capture.Copied(began, clock.Steady());
  }
  return {};
}

Status CatchUpOnce(const BronzeCatalog& catalog, const lake::Lake& lake,
                   const PipelineOptions& options, RunUntil until, StatusBoard& board,
                   const std::stop_token& stop) {
  ShowKnownTables(catalog, lake.options.clock->Now(), board);
  LakeLoop workers(lake, options, SchemasOf(catalog), board, stop, PatienceOf(options, until));
  CatchUpAll(catalog, workers);
  workers.TakeRequests();
  workers.Drain();
  return GivenUp(workers);
}

bool IsCancelled(const Error& error) { return error.kind == ErrorKind::kCancelled; }

}  // namespace

namespace {

Status RefuseDimensions(Source& source, const std::vector<TableId>& tables,
                        const lake::LakeLayout& layout) {
  if (!layout.layers.gold || !HasNamedDimensions(layout)) return {};
  std::vector<Error> troubles = DimensionTroubles(layout, tables);
  if (troubles.empty()) {
    const Backfill snapshot = TRY(source.BeginBackfill(1, SourceEpoch(0)));
    troubles = DimensionColumnTroubles(layout, snapshot.tables);
  }
  if (troubles.empty()) return {};
  return std::unexpected(std::move(troubles.front()));
}

// In a lake that is there, tables keep the folders that they have, and one that does not fit its
// dimension stops alone (CheckLayers); in a new one nobody knows whose a shared folder is, and
// nothing is made.
Status RefuseWhatCannotBe(Source& source, const lake::Lake& lake) {
  if (!source.HasBackfill()) return {};
  if (TRY(lake::LakeTable::Exists(*SubStore(lake.stores.bronze, "_schema_changes")))) return {};
  const std::vector<TableId> tables = TRY(source.ListTables());
  for (Error& trouble : FolderTroubles(lake.layout.folders, tables)) {
    if (trouble.code == lake_error::kTableFolderShared) return std::unexpected(std::move(trouble));
  }
  if (tables.empty()) return {};  // the source itself says so
  return RefuseDimensions(source, tables, lake.layout);
}

Status CaptureAndFollow(Source& source, const lake::Lake& lake, const PipelineOptions& options,
                        RunUntil until, StatusBoard& board, const std::stop_token& stop) {
  source.StopOn(stop);
  const SourceDescription description = TRY(source.Describe());
  RETURN_IF_ERROR(RefuseWhatCannotBe(source, lake));
  const auto bronze = TRY(RoundWriter::Open(lake, options.compaction));
  RETURN_IF_ERROR(bronze->TakeOver());
  const auto patience = PatienceOf(options, until);
  LakeLoop workers(lake, options, SchemasOf(bronze->catalog()), board, stop, patience);
  const Parts parts{source, description, lake, options, *bronze, workers, board, stop, patience};
  std::vector<TableId> at_source;
  if (source.HasBackfill()) at_source = TRY(source.ListTables());
  RETURN_IF_ERROR(StopWhatDoesNotFit(parts, at_source));
  const std::vector<TableId> unnamed = TRY(source.LeftOut(bronze->catalog().Tables()));
  RETURN_IF_ERROR(LeaveOut(parts, unnamed));
  ShowKnownTables(bronze->catalog(), lake.options.clock->Now(), board);
  RETURN_IF_ERROR(ShowLeftOut(parts, at_source, unnamed));
  RETURN_IF_ERROR(MoveReplacedAway(parts, at_source));
  CatchUpAll(bronze->catalog(), workers);
  auto from = StartingPosition(parts);
  if (!from) {
    if (!IsCancelled(from.error())) workers.Abandon();
    workers.Drain();
    if (IsCancelled(from.error())) return {};
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
    sink = std::make_unique<KafkaSink>(lake, options.retry, std::move(publish),
                                       description.server_id, board, stop);
  }
  CaptureLoop capture(source, lake, *bronze, workers, sink.get(), options, board);
  Status captured = FollowSource(parts, capture, *from, target);
  if (!captured && IsCancelled(captured.error())) captured = {};
  if (!captured) workers.Abandon();
  workers.Drain();
  if (sink != nullptr) captured ? sink->Drain() : sink->Abandon();
  return captured ? GivenUp(workers) : captured;
}

Status FollowBronzeAlone(const lake::Lake& lake, const PipelineOptions& options, RunUntil until,
                         StatusBoard& board, const std::stop_token& stop) {
  do {
    const auto catalog = BronzeCatalog::Open(lake);
    // Who follows waits for bronze to begin.
    const bool none = !catalog && catalog.error().kind == ErrorKind::kNotFound;
    if (!catalog && !(none && until == RunUntil::kStopped)) {
      return std::unexpected(catalog.error());
    }
    if (catalog) RETURN_IF_ERROR(BarWhatDoesNotFit(**catalog, lake));
    if (catalog) {
      board.Change([](PipelineStatus& status) { status.source_error.reset(); });
      RETURN_IF_ERROR(CatchUpOnce(**catalog, lake, options, until, board, stop));
    }
    if (until == RunUntil::kStopped) {
      BackOff pause(
          {.first = options.round.limits.interval, .longest = options.round.limits.interval});
      pause.Wait([&] { return stop.stop_requested(); });
    }
  } while (until == RunUntil::kStopped && !stop.stop_requested());
  return {};
}

// Runs with somebody who deletes behind the commits, where the options ask for it. A run that ends
// by itself leaves nothing of that to the next.
template <typename Run>
Status WithUpkeep(lake::Lake lake, const PipelineOptions& options, RunUntil until,
                  const std::stop_token& stop, const Run& run) {
  if (!options.upkeep) return run(lake);
  const auto upkeep = std::make_shared<UpkeepLoop>(*lake.options.clock, *options.upkeep, stop);
  lake.options.kept = options.upkeep->kept;
  lake.options.upkeep = upkeep;
  Status ended = run(lake);
  if (ended && until == RunUntil::kCurrent) upkeep->Drain();
  return ended;
}

}  // namespace

Status RunPipeline(Source& source, const lake::Lake& lake, const PipelineOptions& options,
                   RunUntil until, StatusBoard& board, const std::stop_token& stop) {
  return WithUpkeep(lake, options, until, stop, [&](const lake::Lake& kept) {
    return CaptureAndFollow(source, kept, options, until, board, stop);
  });
}

Status FollowBronze(const lake::Lake& lake, const PipelineOptions& options, RunUntil until,
                    StatusBoard& board, const std::stop_token& stop) {
  return WithUpkeep(lake, options, until, stop, [&](const lake::Lake& kept) {
    return FollowBronzeAlone(kept, options, until, board, stop);
  });
}

}  // namespace foreset::pipeline
