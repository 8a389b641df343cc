// SPDX-License-Identifier: MIT
#include "foreset/pipeline/lake_loop.h"

#include <functional>
#include <map>
#include <utility>

#include "foreset/base/messages.h"
#include "foreset/pipeline/retry.h"

namespace foreset::pipeline {

struct LakeLoop::Worker {
  explicit Worker(std::size_t queue_bytes) : queue(queue_bytes) {}

  BoundedQueue<TableWork> queue;
  std::map<TableId, std::unique_ptr<TableFollowers>> tables;
  std::map<TableId, bool> stopped;
  std::jthread thread;
};

namespace {

std::size_t WeightOf(const TableWork& work) {
  const auto* batch = std::get_if<BatchCommitted>(&work.news);
  if (batch == nullptr) return 1;
  std::size_t bytes = 1;
  for (const auto& rows : batch->rows) bytes += MemoryBytes(*rows);
  return bytes;
}

}  // namespace

LakeLoop::LakeLoop(LakeStores stores, const PipelineOptions& options,
                   TableFollowers::SchemaHistory schemas, StatusBoard& board, std::stop_token stop)
    : stores_(std::move(stores)),
      options_(options),
      schemas_(std::move(schemas)),
      board_(board),
      stop_(std::move(stop)) {
  for (std::size_t i = 0; i < options_.lake_workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(options_.lake_queue_bytes));
  }
  for (const auto& worker : workers_) {
    worker->thread = std::jthread([this, &worker] { Run(*worker); });
  }
}

LakeLoop::~LakeLoop() { Abandon(); }

void LakeLoop::Submit(TableWork work) {
  if (!options_.layers.silver && !options_.layers.gold) return;
  const std::size_t home = std::hash<std::string>{}(work.table.ToString()) % workers_.size();
  const std::size_t bytes = WeightOf(work);
  workers_[home]->queue.Push(std::move(work), bytes);
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
    if (worker.queue.bytes() == 0) Maintain(worker, work->table);
  }
}

// Only while nothing waits. What fails here is tried again another time: no data depend on it.
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
  if (worker.stopped[work.table]) return;
  auto& followers = worker.tables[work.table];
  if (followers == nullptr) {
    followers = std::make_unique<TableFollowers>(work.table, stores_, options_, schemas_);
  }
  const auto stop = [this] { return abandoned_ || stop_.stop_requested(); };
  BackOff back_off(options_.retry_first, options_.retry_longest);
  auto done = followers->Apply(work.news, stop);
  while (!done && done.error().kind == ErrorKind::kTransient && !stop()) {
    Warn("{}: {}; trying again in {} ms", work.table.ToString(), done.error().ToString(),
         back_off.next().count());
    back_off.Wait(stop);
    const Status refreshed = followers->Refresh();
    done = refreshed ? followers->Apply(CatchUpWanted{}, stop)
                     : Result<FollowedCounts>(std::unexpected(refreshed.error()));
  }
  if (!done) {
    // What failed half-way is in no state to be used again.
    worker.tables.erase(work.table);
    worker.stopped[work.table] = true;
    if (done.error().kind == ErrorKind::kCancelled || stop()) return;
    Warn("{} stops: {}. {}", work.table.ToString(), done.error().ToString(),
         done.error().NextStep());
    board_.ChangeTable(work.table, [&](TableStatus& status) {
      status.phase = TablePhase::kStopped;
      status.stopped = done.error();
    });
    return;
  }
  board_.ChangeTable(work.table, [&](TableStatus& status) {
    status.lake_batch = done->batch.value();
    status.rules = done->rules;
  });
}

}  // namespace foreset::pipeline
