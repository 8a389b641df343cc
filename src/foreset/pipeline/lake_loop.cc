// SPDX-License-Identifier: MIT
#include "foreset/pipeline/lake_loop.h"

#include <functional>
#include <map>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/base/retry.h"
#include "foreset/pipeline/index_memory.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/pipeline/work_pace.h"

namespace foreset::pipeline {

struct LakeLoop::Worker {
  explicit Worker(std::size_t queue_bytes) : queue(queue_bytes) {}

  BoundedQueue<TableWork> queue;
  std::map<TableId, std::unique_ptr<TableFollowers>> tables;
  std::map<TableId, bool> stopped;
  WorkPace tidying{9};
  std::jthread thread;
};

namespace {

// Batches of large rows wait for their turn from this size on.
constexpr std::size_t kTurnBytes = 4UL << 20U;

std::size_t WeightOf(const TableWork& work) {
  const auto* batch = std::get_if<BatchCommitted>(&work.news);
  if (batch == nullptr) return 1;
  std::size_t bytes = 1;
  for (const auto& rows : batch->rows) bytes += MemoryBytes(*rows);
  return bytes;
}

}  // namespace

LakeLoop::LakeLoop(const lake::Lake& lake, const PipelineOptions& options,
                   TableFollowers::SchemaHistory schemas, StatusBoard& board, std::stop_token stop,
                   std::optional<std::chrono::milliseconds> patience)
    : lake_(lake),
      options_(options),
      schemas_(std::move(schemas)),
      board_(board),
      stop_(std::move(stop)),
      patience_(patience),
      inbox_(lake_.stores.bronze, *lake.options.clock),
      turns_(kTurnBytes) {
  ReadNotes();
  for (std::size_t i = 0; i < options_.workers.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(options_.workers.queue_bytes));
  }
  for (const auto& worker : workers_) {
    worker->thread = std::jthread([this, &worker] { Run(*worker); });
  }
}

// What cannot be read now is written over, or found by the next run.
void LakeLoop::ReadNotes() {
  const MutexLock lock(mutex_);
  const auto notes = ReadStopNotes(*lake_.stores.bronze);
  if (!notes) Warn("cannot read the notes of stopped tables: {}", notes.error().ToString());
  if (!notes) return;
  for (const auto& [table, why] : *notes) noted_.insert(table);
}

LakeLoop::~LakeLoop() { Abandon(); }

void LakeLoop::Submit(TableWork work) {
  if (!lake_.layout.layers.silver && !lake_.layout.layers.gold) return;
  const std::size_t home = std::hash<std::string>{}(work.table.ToString()) % workers_.size();
  const std::size_t bytes = WeightOf(work);
  workers_[home]->queue.Push(std::move(work), bytes);
}

// A promise that is dropped with its work is kept too: the worker has ended.
void LakeLoop::LetGo(const TableId& table) {
  if (!lake_.layout.layers.silver && !lake_.layout.layers.gold) return;
  auto done = std::make_shared<std::promise<void>>();
  const std::future<void> gone = done->get_future();
  Submit({table, LetGoWanted{std::move(done)}});
  gone.wait();
}

void LakeLoop::TakeRequests() {
  if (!lake_.layout.layers.silver && !lake_.layout.layers.gold) return;
  auto requests = inbox_.Take();
  if (!requests) {
    Warn("cannot read pending reset requests: {}", requests.error().ToString());
    return;
  }
  for (ResetRequest& request : *requests) {
    const TableId table = request.table;
    Submit({table, ResetWanted{std::move(request)}});
  }
}

void LakeLoop::Drain() {
  for (const auto& worker : workers_) worker->queue.Close();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void LakeLoop::Abandon() {
  abandoned_ = true;
  Drain();
}

void LakeLoop::Run(Worker& worker) {
  while (auto work = worker.queue.Pop()) {
    if (abandoned_) continue;
    Handle(worker, *work);
    const auto began = lake_.options.clock->Steady();
    // While something always waits, it takes a tenth of the time.
    if (worker.queue.bytes() > 0 && !worker.tidying.IsDue(began)) continue;
    Maintain(worker, work->table);
    worker.tidying.Worked(began, lake_.options.clock->Steady());
  }
}

// What fails here is tried again another time: no data depend on it.
void LakeLoop::Maintain(Worker& worker, const TableId& table) {
  const auto followers = worker.tables.find(table);
  if (followers == worker.tables.end() || abandoned_) return;
  const auto more = followers->second->Maintain();
  if (more) return;
  Warn("{}: housekeeping failed: {}", table.ToString(), more.error().ToString());
  worker.tables.erase(followers);  // opened again with the next work
}

// The one place that retries silver and gold: whatever failed is read again and fed from bronze.
void LakeLoop::Handle(Worker& worker, const TableWork& work) {
  if (const auto* let_go = std::get_if<LetGoWanted>(&work.news)) {
    worker.tables.erase(work.table);
    worker.stopped.erase(work.table);
    let_go->done->set_value();
    return;
  }
  // A table that has stopped can begin anew; nothing else helps it.
  const bool reset = std::holds_alternative<ResetWanted>(work.news);
  if (worker.stopped[work.table] && !reset) return;
  worker.stopped[work.table] = false;
  auto& followers = worker.tables[work.table];
  if (followers == nullptr) {
    followers = std::make_unique<TableFollowers>(work.table, lake_, options_, schemas_, turns_);
  }
  const auto stop = [this] { return abandoned_ || stop_.stop_requested(); };
  bool failed_before = false;
  Patience patience(*lake_.options.clock);
  lake::BatchNumber before = followers->Reached().batch;
  const RetryHooks hooks{.stop = [&] { return stop() || patience.IsOver(); },
                         .advanced = {},
                         .failed =
                             [&](const Error& error, std::chrono::milliseconds wait) {
                               failed_before = true;
                               Report(work, followers->Reached());
                               Warn("{}: {}; trying again in {} ms", work.table.ToString(),
                                    error.ToString(), wait.count());
                             }};
  const auto attempt = [&]() -> Result<FollowedCounts> {
    if (!failed_before) return followers->Apply(work.news, stop);
    RETURN_IF_ERROR(followers->Refresh());
    return followers->Apply(reset ? work.news : TableNews(CatchUpWanted{}), stop);
  };
  const auto done = Retry(options_.retry, hooks, [&] {
    auto outcome = attempt();
    const lake::BatchNumber now = followers->Reached().batch;
    if (std::exchange(before, now) != now) patience.Advanced();
    if (!outcome) patience.Failed(patience_);
    return outcome;
  });
  if (!done) {
    // What failed half-way is in no state to be used again.
    worker.tables.erase(work.table);
    worker.stopped[work.table] = true;
    if (done.error().kind == ErrorKind::kTransient && !stop()) {
      GiveUp(done.error());
    } else if (done.error().kind != ErrorKind::kCancelled && !stop()) {
      Stop(work, done.error());
    }
    return;
  }
  Report(work, *done);
  GoesOn(work.table);
  Debug("{}: silver and gold have batch {}", work.table.ToString(), done->batch.value());
}

// The table is none that stopped: the next run goes on with it.
void LakeLoop::GiveUp(const Error& why) {
  board_.Change([](PipelineStatus& status) { status.out_of_patience = true; });
  abandoned_ = true;
  const MutexLock lock(mutex_);
  if (!gave_up_) gave_up_ = why;
}

std::optional<Error> LakeLoop::gave_up() const {
  const MutexLock lock(mutex_);
  return gave_up_;
}

// What bronze says of the table stays said.
void LakeLoop::Stop(const TableWork& work, const Error& why) {
  Warn("{} stops: {}. {}", work.table.ToString(), why.ToString(), why.NextStep());
  board_.ChangeTable(work.table, [&](TableStatus& status) {
    if (status.stopped || status.phase == TablePhase::kLeftOut) return;
    status.phase = TablePhase::kStopped;
    status.stopped = why;
    status.stopped_above = true;
  });
  const MutexLock lock(mutex_);
  noted_.insert(work.table);
  const Status noted = WriteStopNote(*lake_.stores.bronze, work.table, why);
  if (!noted)
    Warn("{}: its stop cannot be noted: {}", work.table.ToString(), noted.error().ToString());
}

void LakeLoop::GoesOn(const TableId& table) {
  const MutexLock lock(mutex_);
  if (!noted_.contains(table)) return;
  board_.ChangeTable(table, [](TableStatus& status) {
    if (!status.stopped_above) return;
    status.phase = TablePhase::kFollowing;
    status.stopped.reset();
    status.stopped_above = false;
  });
  const Status removed = RemoveStopNote(*lake_.stores.bronze, table);
  if (removed) noted_.erase(table);
}

void LakeLoop::Report(const TableWork& work, const FollowedCounts& reached) {
  const auto* batch = std::get_if<BatchCommitted>(&work.news);
  const Timestamp source_time = batch == nullptr ? Timestamp{} : batch->source_time;
  board_.ChangeTable(work.table, [&](TableStatus& status) {
    status.lake_batch = reached.batch.value();
    // Where there is nothing to keep, nothing is missing.
    const auto all = lake::BatchNumber{status.bronze_batch};
    NoteFollowerBatch(status, status.silver, reached.silver.value_or(all).value(), source_time);
    NoteFollowerBatch(status, status.gold, reached.gold.value_or(all).value(), source_time);
    if (reached.rules) status.rules = *reached.rules;
    status.index_bytes = reached.index_bytes;
  });
  WarnOfIndexes();
}

// Once: they hardly shrink.
void LakeLoop::WarnOfIndexes() {
  const MutexLock lock(mutex_);
  if (warned_of_indexes_) return;
  const auto exceed = IndexesExceed(options_.workers.memory_limit_bytes, board_.Ask(IndexBytesIn));
  if (exceed) Warn("{}", *exceed);
  warned_of_indexes_ = exceed.has_value();
}

}  // namespace foreset::pipeline
