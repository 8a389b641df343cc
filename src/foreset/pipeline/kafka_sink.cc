// SPDX-License-Identifier: MIT
#include "foreset/pipeline/kafka_sink.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/base/retry.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/pipeline/bronze_catalog.h"

namespace foreset::pipeline {
namespace {

constexpr std::chrono::milliseconds kSettleTimeout{20'000};
constexpr std::chrono::milliseconds kStopStep{200};  // how soon a stop is noticed

PublishOptions ForThisRun(PublishOptions options, const lake::Lake& lake) {
  options.events.run_id = lake.options.make_id();
  options.events.connector_name = options.name;
  return options;
}

std::uint64_t Commits(const PipelineStatus& status) { return status.sink->commits; }

}  // namespace

KafkaSink::KafkaSink(const lake::Lake& lake, const RetryPolicy& retry, PublishOptions publish,
                     std::uint32_t server_id, StatusBoard& board, std::stop_token stop)
    : lake_(lake),
      retry_(retry),
      publish_(ForThisRun(std::move(publish), lake)),
      server_id_(server_id),
      board_(board),
      stop_(std::move(stop)) {
  board_.Change([](PipelineStatus& status) { status.sink.emplace(); });
  thread_ = std::jthread([this] { Run(); });
}

KafkaSink::~KafkaSink() { Abandon(); }

void KafkaSink::Submit(DurableRound round) {
  const MutexLock lock(mutex_);
  if (bytes_ + round.bytes > publish_.queue_bytes) {
    rounds_.clear();
    bytes_ = 0;
    behind_ = true;
    round.tables.clear();
    round.bytes = 0;
    round.in_memory = false;
  }
  bytes_ += round.bytes;
  // Rounds that are not in memory stand for all of bronze: one is enough.
  if (!round.in_memory && !rounds_.empty() && !rounds_.back().in_memory) {
    round.from = rounds_.back().from;
    rounds_.pop_back();
  }
  rounds_.push_back(std::move(round));
  changed_.WakeAll();
}

void KafkaSink::Drain() {
  {
    const MutexLock lock(mutex_);
    draining_ = true;
    changed_.WakeAll();
  }
  if (thread_.joinable()) thread_.join();
}

void KafkaSink::Abandon() {
  {
    const MutexLock lock(mutex_);
    abandoned_ = true;
  }
  Drain();
}

bool KafkaSink::Stopping() const {
  const MutexLock lock(mutex_);
  return abandoned_ || stop_.stop_requested();
}

KafkaSink::Work KafkaSink::Next(std::chrono::steady_clock::time_point heartbeat) {
  const bool beats = publish_.heartbeat.count() > 0;
  const MutexLock lock(mutex_);
  for (;;) {
    if (abandoned_ || stop_.stop_requested()) return {Wake::kEnd, {}};
    if (std::exchange(behind_, false)) return {Wake::kBehind, {}};
    if (!rounds_.empty()) {
      Work work{Wake::kRound, std::move(rounds_.front())};
      rounds_.pop_front();
      bytes_ -= work.round.bytes;
      return work;
    }
    if (draining_) return {Wake::kEnd, {}};
    const auto now = lake_.options.clock->Steady();
    if (beats && now >= heartbeat) return {Wake::kHeartbeat, {}};
    changed_.WaitFor(mutex_, kStopStep);
  }
}

void KafkaSink::Run() {
  std::uint64_t before = board_.Ask(Commits);
  const auto stopping = [this] { return Stopping(); };
  const RetryHooks hooks{.stop = stopping,
                         .advanced =
                             [&] {
                               const std::uint64_t now = board_.Ask(Commits);
                               return std::exchange(before, now) != now;
                             },
                         .failed =
                             [&](const Error& error, std::chrono::milliseconds wait) {
                               Warn("publishing: {}; trying again in {} ms", error.ToString(),
                                    wait.count());
                               board_.Change([&](PipelineStatus& status) {
                                 ++status.sink->reconnects;
                                 status.sink->retrying = error;
                               });
                             }};
  const Status ended = Retry(retry_, hooks, [this]() -> Status {
    if (Stopping()) return {};
    Status session = Session();
    if (session || session.error().kind == ErrorKind::kCancelled) return {};
    if (const auto reason = Final(session.error())) return std::unexpected(*reason);
    session.error().kind = ErrorKind::kTransient;
    return session;
  });
  if (ended || Stopping()) return;
  Warn("publishing stops: {}. {}", ended.error().ToString(), ended.error().NextStep());
  board_.Change([&](PipelineStatus& status) { status.sink->stopped = ended.error(); });
}

Status KafkaSink::Session() {
  const auto publisher = TRY(ChangePublisher::Open(publish_, *lake_.options.clock, server_id_,
                                                   [this] { return Stopping(); }));
  RETURN_IF_ERROR(CatchUp(*publisher));
  auto beat = lake_.options.clock->Steady() + publish_.heartbeat;
  for (;;) {
    Work work = Next(beat);
    switch (work.wake) {
      case Wake::kEnd:
        return {};
      case Wake::kHeartbeat:
        RETURN_IF_ERROR(publisher->Heartbeat());
        beat += publish_.heartbeat;
        break;
      case Wake::kBehind:
        RETURN_IF_ERROR(CatchUp(*publisher));
        break;
      case Wake::kRound:
        if (work.round.end.Floor() <= publisher->cursor().position.Floor()) continue;
        if (FollowsPublished(work.round, publisher->cursor())) {
          RETURN_IF_ERROR(PublishRound(std::move(work.round), *publisher));
          Report(*publisher);
        } else {
          RETURN_IF_ERROR(CatchUp(*publisher));
        }
        break;
    }
  }
}

Status KafkaSink::CatchUp(ChangePublisher& publisher) {
  const auto epochs = TRY(lake::EpochsTable::Open(SubStore(lake_.stores.bronze, "_epochs"),
                                                  lake_.OptionsOf(lake::Layer::kBronze)));
  const auto catalog = TRY(BronzeCatalog::Open(lake_));
  if (!epochs->latest()) return {};
  RETURN_IF_ERROR(PublishBronze(*catalog, *epochs->latest(), publish_, publisher,
                                [this] { return Stopping(); }));
  Report(publisher);
  return {};
}

// Fenced off by whom? By another run: leave the field. By the broker, because a transaction took
// too long (the process was paused, say): go on.
std::optional<Error> KafkaSink::Final(const Error& error) const {
  if (error.kind == ErrorKind::kTransient || error.kind == ErrorKind::kCommitUnknown) {
    return std::nullopt;
  }
  // A table that begins anew is moved away while it is read.
  if (error.kind == ErrorKind::kNotFound) return std::nullopt;
  if (error.code != ErrorCode::kKafkaFenced) return error;
  const auto published = ReadPublished(publish_, kSettleTimeout);
  if (!published || !*published || (*published)->writer == publish_.events.run_id) {
    return std::nullopt;
  }
  return Error{error.kind, error.code,
               fmt::format("{}; run {} has taken over", error.message, (*published)->writer),
               error.next_step};
}

void KafkaSink::Report(const ChangePublisher& publisher) {
  const PublishCursor& cursor = publisher.cursor();
  board_.Change([&](PipelineStatus& status) {
    status.sink->published = cursor.position;
    status.sink->newest_commit = cursor.newest_commit;
    status.sink->records = cursor.records;
    ++status.sink->commits;
    status.sink->retrying.reset();
  });
  Debug("published up to {}: {} records in all", cursor.position.ToString(), cursor.records);
}

}  // namespace foreset::pipeline
