// SPDX-License-Identifier: MIT
#include "foreset/pipeline/capture_loop.h"

#include <algorithm>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/lake/large_rows.h"
#include "foreset/pipeline/begin_anew.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {

CaptureLoop::CaptureLoop(Source& source, const lake::Lake& lake, RoundWriter& bronze,
                         LakeLoop& workers, KafkaSink* sink, const PipelineOptions& options,
                         StatusBoard& board)
    : source_(source),
      lake_(lake),
      bronze_(bronze),
      workers_(workers),
      sink_(sink),
      options_(options),
      board_(board),
      storing_(*lake.options.clock) {}

// What an attempt left half done is dropped before the next: a failure there is one of the attempt.
Result<CaptureLoop::End> CaptureLoop::Run(SourcePosition from,
                                          const std::optional<SourcePosition>& until,
                                          const std::stop_token& stop) {
  durable_ = seen_ = std::move(from);
  last_epoch_ = heard_at_ = lake_.options.clock->Steady();
  SourcePosition before = durable_;
  bool out_of_patience = false;
  const auto stopping = [&] { return stop.stop_requested(); };
  const RetryHooks hooks{.stop = stopping,
                         .enough = [&] { return until && out_of_patience; },
                         .advanced = [&] { return std::exchange(before, durable_) != durable_; },
                         .failed =
                             [&](const Error& error, std::chrono::milliseconds wait) {
                               Warn("{}; resuming from {} in {} ms", error.ToString(),
                                    durable_.ToString(), wait.count());
                               board_.Change([&](PipelineStatus& status) {
                                 ++status.reconnects;
                                 status.following = false;
                                 status.source_error = error;
                               });
                             }};
  auto ended = Retry(options_.retry, hooks, [&]() -> Result<End> {
    pending_ = {};
    auto outcome = Attempt(until, stop);
    if (outcome) return outcome;
    storing_.Failed(options_.patience);
    out_of_patience = IsOutOfPatience(outcome.error());
    return outcome;
  });
  pending_ = {};
  if (!ended && until && out_of_patience) {
    board_.Change([](PipelineStatus& status) { status.out_of_patience = true; });
  }
  if (ended) return ended;
  const bool stopped = ended.error().kind == ErrorKind::kCancelled ||
                       (ended.error().kind == ErrorKind::kTransient && stopping());
  return stopped ? Result<End>(End::kDone) : ended;
}

Result<CaptureLoop::End> CaptureLoop::Attempt(const std::optional<SourcePosition>& until,
                                              const std::stop_token& stop) {
  RETURN_IF_ERROR(bronze_.Rollback());
  return Follow(until, stop);
}

Result<CaptureLoop::End> CaptureLoop::Follow(const std::optional<SourcePosition>& until,
                                             const std::stop_token& stop) {
  // Topics may be read again from before what is durable.
  seen_ = bronze_.ReadFrom(durable_);
  const auto stream = TRY(source_.Follow(seen_, bronze_.Followed(durable_)));
  SayProof(stream->proof());
  fresh_from_ = durable_.Floor();
  for (const TableId& id : bronze_.catalog().Tables()) {
    fresh_from_ = std::max(fresh_from_, bronze_.catalog().Find(id)->progress().Floor());
  }
  RoundLimits limits = options_.round.limits;
  limits.until = until;
  const auto reached = [&] { return until && seen_.Covers(*until); };
  Debug("following from {}", seen_.ToString());
  // Also where nothing is waited for: the stream may have to say which tables it refuses.
  do {
    const CaptureRound round = TRY(stream->Next(limits, stop));
    heard_at_ = lake_.options.clock->Steady();
    SayFollowing();
    const SourcePosition before = durable_;
    RETURN_IF_ERROR(Absorb(round));
    if (durable_ != before) stream->MadeDurable(durable_);
    if (round.complete) storing_.Advanced();
    if (round.complete && WantsCopy(until)) return End::kCopyWanted;
  } while (!reached());
  if (seen_ != durable_) {
    RETURN_IF_ERROR(bronze_.CommitEpoch(seen_, newest_commit_));
    TellSink(std::exchange(durable_, seen_), {});
  }
  stream->MadeDurable(durable_);
  return bronze_.to_copy().empty() ? End::kDone : End::kCopyWanted;
}

// A run that ends at a position copies once: the snapshot is behind that position.
bool CaptureLoop::WantsCopy(const std::optional<SourcePosition>& until) const {
  if (bronze_.to_copy().empty()) return false;
  return until || copying_.IsDue(lake_.options.clock->Steady());
}

bool CaptureLoop::IsOutOfPatience(const Error& error) const {
  if (!IsOfSource(error)) return storing_.IsOver();
  return options_.patience && lake_.options.clock->Steady() - heard_at_ >= *options_.patience;
}

// What a lake does not know yet of what it has, the next epoch keeps.
void CaptureLoop::SayProof(const SourceProof& proof) {
  if (seen_.newest.empty()) seen_.newest = proof.newest;
  const auto is_said = [&](const PipelineStatus& status) {
    return status.unproved == proof.unproved;
  };
  if (board_.Ask(is_said)) return;
  if (!proof.unproved.empty()) {
    Warn("whether the source still holds what was captured is unproved: {}", proof.unproved);
  }
  board_.Change([&](PipelineStatus& status) { status.unproved = proof.unproved; });
}

void CaptureLoop::SayFollowing() {
  if (board_.Ask([](const PipelineStatus& status) { return status.following; })) return;
  board_.Change([](PipelineStatus& status) {
    status.following = true;
    status.source_error.reset();
  });
}

Status CaptureLoop::Absorb(const CaptureRound& round) {
  for (const CaptureItem& item : round.items) RETURN_IF_ERROR(Hold(item, round.end));
  if (!round.complete) return {};
  return MakeDurable(round);
}

Status CaptureLoop::Hold(const CaptureItem& item, const SourcePosition& end) {
  if (const auto anew = bronze_.BeginsAnew(item, end)) {
    RETURN_IF_ERROR(MoveTableAwayOrBar(lake_, bronze_.catalog(), workers_, board_, *anew));
  }
  const auto* rows = std::get_if<std::shared_ptr<const ChangeBatch>>(&item);
  {
    const auto turn =
        rows == nullptr ? Turns::Turn(nullptr) : lake::TurnFor(workers_.turns(), **rows);
    if (auto change = TRY(bronze_.Take(item, end))) {
      pending_.schema_changes.push_back(*std::move(change));
    }
  }
  if (const auto* record = std::get_if<QuarantinedRecord>(&item)) {
    ++pending_.quarantined;
    board_.ChangeTable(record->table, [](TableStatus& status) { ++status.quarantined; });
  }
  if (rows == nullptr) return {};
  pending_.bytes += MemoryBytes(**rows);
  pending_.changes += (*rows)->size();
  pending_.table_changes[(*rows)->schema->id] += (*rows)->size();
  if (pending_.bytes > 2 * options_.round.limits.bytes) {
    pending_.too_large = true;
    pending_.rows.clear();
  }
  if (!pending_.too_large) pending_.rows[(*rows)->schema->id].push_back(*rows);
  return {};
}

// Bronze first, then the epoch, then whoever is above: nobody acts on what a crash could undo.
Status CaptureLoop::MakeDurable(const CaptureRound& round) {
  if (round.newest_commit.value() != 0) newest_commit_ = round.newest_commit;
  const auto now = lake_.options.clock->Steady();
  Count(round);
  workers_.TakeRequests();
  if (IsIdle(round)) {
    seen_ = round.end;
    RETURN_IF_ERROR(TidyUp(true));
    const bool due = now - last_epoch_ >= options_.round.idle_interval;
    if (seen_ == durable_ || !due) return {};
  }
  const auto committed = TRY(bronze_.CommitRound(round.end, newest_commit_));
  TellStops();
  const SourcePosition from = std::exchange(durable_, round.end);
  seen_ = round.end;
  last_epoch_ = now;
  Report(round);
  TellSink(from, committed);
  Tell(committed);
  pending_ = {};
  return TidyUp(false);
}

// A source that always has something to tell leaves no idle time: then it takes a tenth of all.
Status CaptureLoop::TidyUp(bool idle) {
  const auto began = lake_.options.clock->Steady();
  if (!idle && !tidying_.IsDue(began)) return {};
  RETURN_IF_ERROR(bronze_.Maintain());
  tidying_.Worked(began, lake_.options.clock->Steady());
  TellStops();
  return {};
}

bool CaptureLoop::IsIdle(const CaptureRound& round) const {
  return round.items.empty() && pending_.changes == 0 && pending_.quarantined == 0 &&
         !bronze_.HasToFinish(round.end) && !bronze_.HasUntold();
}

// What bronze has of a table that stops, the layers above get all the same.
void CaptureLoop::TellStops() {
  for (const auto& [id, why] : bronze_.TakeStopped()) {
    pending_.stops = true;
    Warn("{} stops: {}. {}", id.ToString(), why.ToString(), why.NextStep());
    board_.ChangeTable(id, [&](TableStatus& status) {
      status.phase = TablePhase::kStopped;
      status.stopped = why;
    });
    if (bronze_.catalog().Find(id) != nullptr) workers_.Submit({id, CatchUpWanted{}});
  }
  for (const TableId& id : bronze_.TakeGone()) {
    const auto why = board_.Ask([&](const PipelineStatus& status) -> std::optional<Error> {
      const auto known = status.tables.find(id);
      return known == status.tables.end() ? std::nullopt : known->second.stopped;
    });
    if (!why) continue;
    Info("{} is left out: it stopped ({}), and the source has dropped it", id.ToString(),
         FormatCode(why->code));
    board_.ChangeTable(id, NoteLeftOut);
  }
}

void CaptureLoop::Tell(const std::map<TableId, CommittedBatch>& committed) {
  for (SchemaChange& change : pending_.schema_changes) {
    const TableId table = change.table;
    workers_.Submit({table, std::move(change)});
  }
  for (const auto& [id, committed_batch] : committed) {
    const auto& [batch, position, as_given, bronze] = committed_batch;
    const Timestamp source_time = SourceTime();
    BatchCommitted news{.batch = batch,
                        .position = position,
                        .source = bronze,
                        .source_time = source_time,
                        .rows = {}};
    std::size_t changes = 0;
    if (const auto it = pending_.table_changes.find(id); it != pending_.table_changes.end()) {
      changes = it->second;
    }
    if (!pending_.too_large && as_given) news.rows = std::move(pending_.rows[id]);
    // Before the workers can say that they have it.
    board_.ChangeTable(id, [&](TableStatus& status) {
      if (!status.stopped) status.phase = TablePhase::kFollowing;
      status.changes += changes;
      NoteBronzeBatch(status, batch.value(), source_time);
    });
    workers_.Submit({id, std::move(news)});
  }
}

// A clock of the source that is ahead of ours makes nothing younger than now.
Timestamp CaptureLoop::SourceTime() const {
  const Timestamp now = lake_.options.clock->Now();
  return newest_commit_.value() == 0 ? now : std::min(newest_commit_, now);
}

// What was read of topics; an idle round may have read records that are no changes.
void CaptureLoop::Count(const CaptureRound& round) {
  if (round.records == 0) return;
  board_.Change([&](PipelineStatus& status) {
    status.records += round.records;
    for (const auto& [rule, count] : round.filtered) status.filtered[rule] += count;
  });
}

// What a table has already (it was ahead of the epoch when this run began) does not come with the
// rounds as others see them; neither do the rows of a table that stops. Bronze is exact there.
bool CaptureLoop::SinkCanHave() const { return !pending_.too_large && !pending_.stops; }

void CaptureLoop::TellSink(const SourcePosition& from,
                           const std::map<TableId, CommittedBatch>& committed) {
  if (sink_ == nullptr) return;
  DurableRound round{.from = from, .end = durable_, .tables = {}};
  round.in_memory = SinkCanHave() && fresh_from_ <= from.Floor();
  if (round.in_memory) {
    for (const SchemaChange& change : pending_.schema_changes) {
      round.tables[change.table].pieces.emplace_back(change);
    }
    for (const auto& [id, batch] : committed) {
      DurableRound::Table& table = round.tables[id];
      table.batch = batch.batch;
      for (const auto& rows : pending_.rows[id]) table.pieces.emplace_back(rows);
    }
    round.bytes = pending_.bytes;
  }
  sink_->Submit(std::move(round));
}

void CaptureLoop::Report(const CaptureRound& round) {
  board_.Change([&](PipelineStatus& status) {
    status.captured = durable_;
    status.newest_commit = newest_commit_;
    status.transactions += round.transactions;
    status.changes += pending_.changes;
    status.quarantined += pending_.quarantined;
    status.repeats = bronze_.repeats();
  });
  Debug("durable up to {}: {} transactions, {} changes", durable_.ToString(), round.transactions,
        pending_.changes);
}

}  // namespace foreset::pipeline
